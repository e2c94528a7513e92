package import Torch

/// Losses that take a teacher's scores of each query's own passages for the truth.
package enum DistillationLoss {
  /// The mean squared error of the differences between the positive's score and each negative's:
  /// MarginMSE (Hofstätter and others, arXiv:2010.02666).
  ///
  /// - Parameters:
  ///   - scores: of each query's passages, the positive's first: `[queries, passages]`.
  ///   - teacher: the teacher's, `[queries, passages]`.
  /// - Returns: one number.
  /// - Throws: `TorchError`.
  package static func marginMSE(_ scores: Tensor, teacher: Tensor) throws -> Tensor {
    let error = try margins(of: scores) - margins(of: teacher)
    return try (error * error).mean()
  }

  /// The Kullback-Leibler divergence of the teacher's distribution over a query's passages from the
  /// student's, the mean over queries.
  ///
  /// - Parameters:
  ///   - scores: of each query's passages, divided by the student's temperature:
  ///     `[queries, passages]`.
  ///   - teacher: the teacher's, divided by its own temperature.
  /// - Returns: one number.
  /// - Throws: `TorchError`.
  package static func divergence(_ scores: Tensor, teacher: Tensor) throws -> Tensor {
    let wanted = try teacher.softmax()
    let difference = try teacher.logSoftmax() - scores.logSoftmax()
    return try (wanted * difference).sum() / Double(scores.shape[0])
  }

  /// The scores of each query's own passages.
  ///
  /// - Parameters:
  ///   - queries: `[queries, dimension]`.
  ///   - passages: `[queries * n, dimension]`, those of the first query first.
  /// - Returns: `[queries, n]`.
  /// - Throws: `TorchError`.
  package static func ownScores(queries: Tensor, passages: Tensor) throws -> Tensor {
    let count = queries.shape[0]
    let own = try passages.reshape([count, -1, passages.shape[1]])
    return try (own * queries.unsqueeze(1)).sum([2])
  }

  /// How far the first score stands above the others.
  private static func margins(of scores: Tensor) throws -> Tensor {
    let others = try scores.narrow(1, start: 1, length: scores.shape[1] - 1)
    return try scores.narrow(1, start: 0, length: 1) - others
  }
}
