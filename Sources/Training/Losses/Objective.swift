internal import Torch

/// What training makes small.
public struct Objective: Sendable, Equatable {
  /// The kinds of losses.
  public enum Kind: String, Sendable, CaseIterable {
    /// The positive among all passages of the batch: ``ContrastiveLoss``.
    case contrastive
    /// A teacher's margins between positive and negatives.
    case marginMSE = "margin-mse"
    /// A teacher's distribution over a query's passages.
    case kl
  }

  /// The kind of loss.
  public var kind = Kind.contrastive
  /// Divides the student's scores; above 0.
  ///
  /// 1 is usual for vectors of any length, 0.01 to 0.05 for those of length 1.
  public var temperature = 1.0
  /// Divides the teacher's scores of ``Kind/kl``; above 0.
  public var teacherTemperature = 1.0
  /// The weight of the contrastive loss that is added to a teacher's; at least 0.
  public var contrastiveWeight = 0.0
  /// Whether texts that came twice, or are known to be relevant, are no negatives.
  public var masks = true
  /// Whether the vectors of all ranks are candidates for each rank's queries; a teacher's scores are of
  /// a rank's own passages, so that it has no meaning beside them.
  public var sharesNegatives = false

  /// The defaults.
  public init() {}

  /// Whether a teacher's scores are needed.
  public var needsTeacher: Bool { kind != .contrastive }

  /// Whether each rank computes the loss of all ranks' queries.
  var gathers: Bool { sharesNegatives && !needsTeacher }

  /// The loss of a batch.
  ///
  /// - Parameters:
  ///   - queries: `[queries, dimension]`.
  ///   - passages: `[queries * n, dimension]`.
  ///   - labels: what they are.
  ///   - ranks: the processes that train together.
  /// - Returns: one number, the mean over this rank's queries, or over all ranks' where they share
  ///   negatives.
  /// - Throws: `TorchError`; `TrainingError` where scores of a teacher are missing.
  func loss(
    queries: Tensor,
    passages: Tensor,
    labels: BatchLabels,
    ranks: Ranks
  ) throws -> Tensor {
    guard needsTeacher else {
      return try contrastive(queries, passages, labels, ranks)
    }
    guard let scores = labels.teacherScores else { throw TrainingError.noTeacherScores }
    let teacher = try Tensor(
      scores,
      shape: [queries.shape[0], scores.count / queries.shape[0]],
      device: queries.device
    )
    let own = try DistillationLoss.ownScores(queries: queries, passages: passages) / temperature
    let distilled =
      kind == .marginMSE
      ? try DistillationLoss.marginMSE(own, teacher: teacher)
      : try DistillationLoss.divergence(own, teacher: teacher / teacherTemperature)
    guard contrastiveWeight > 0 else { return distilled }
    return try distilled + contrastive(queries, passages, labels, ranks) * contrastiveWeight
  }

  private func contrastive(
    _ queries: Tensor,
    _ passages: Tensor,
    _ labels: BatchLabels,
    _ ranks: Ranks
  ) throws -> Tensor {
    let shares = gathers && ranks.count > 1
    let leftOut = masks ? try mask(labels, shares ? ranks : .single, queries.device) : nil
    guard shares else {
      return try ContrastiveLoss.value(
        queries: queries,
        passages: passages,
        targets: labels.targets,
        leftOut: leftOut,
        temperature: temperature
      )
    }
    let targets = (0..<ranks.count).flatMap { rank in
      labels.targets.map { $0 + rank * labels.texts.count }
    }
    return try ContrastiveLoss.value(
      queries: ranks.gather(vectors: queries),
      passages: ranks.gather(vectors: passages),
      targets: targets,
      leftOut: try leftOut.map { try ranks.gather(mask: $0) },
      temperature: temperature
    )
  }

  /// The candidates that do not count, for this rank's queries among the passages of some ranks.
  private func mask(_ labels: BatchLabels, _ ranks: Ranks, _ device: Device) throws -> Tensor {
    let texts = try ranks.gather(hashes: labels.texts)
    let offset = ranks.rank * labels.texts.count
    let mask = CandidateMask(
      targets: labels.targets.map { $0 + offset },
      positives: labels.positives,
      ids: try ranks.gather(hashes: labels.ids),
      texts: texts
    )
    return try Tensor(
      mask.isLeftOut,
      shape: [labels.targets.count, texts.count],
      device: device
    )
  }
}
