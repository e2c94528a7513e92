package import Torch

/// The contrastive loss: the cross entropy of each query's positive among all passages of the batch.
///
/// Karpukhin and others (arXiv:2004.04906) call it in-batch negatives; with a temperature it is
/// InfoNCE (van den Oord and others, arXiv:1807.03748).
package enum ContrastiveLoss {
  /// The mean loss of some queries.
  ///
  /// - Parameters:
  ///   - queries: `[queries, dimension]`.
  ///   - passages: `[candidates, dimension]`.
  ///   - targets: for each query the number of its positive among the candidates.
  ///   - leftOut: `[queries, candidates]` of booleans: which candidates do not count; `nil` for none.
  ///   - temperature: divides the scores.
  /// - Returns: one number.
  /// - Throws: `TorchError`.
  package static func value(
    queries: Tensor,
    passages: Tensor,
    targets: [Int],
    leftOut: Tensor?,
    temperature: Double
  ) throws -> Tensor {
    var scores = try queries.matmul(passages.transpose(0, 1)) / temperature
    if let leftOut { scores = try scores.maskedFill(leftOut, -.infinity) }
    return try scores.crossEntropy(Tensor(targets.map { Int64($0) }, device: scores.device))
  }
}
