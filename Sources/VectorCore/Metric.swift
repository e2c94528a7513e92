/// How two vectors are compared.
///
/// Inside Needletail one order holds for every metric: **a smaller distance is nearer**. Results
/// show users a *score*, the metric's own value: the inner product, the cosine, or the squared
/// Euclidean distance.
public enum Metric: String, Sendable, CaseIterable {
  /// Maximum inner product; the score is `Σ qᵢxᵢ`, larger is nearer.
  case innerProduct = "ip"
  /// Cosine of the angle; vectors are normalised on the way in, so a zero vector is an error.
  case cosine
  /// Squared Euclidean distance `Σ (qᵢ − xᵢ)²`, smaller is nearer (faiss's `METRIC_L2`).
  case squaredL2 = "l2"

  /// Whether a larger score means nearer.
  public var largerIsNearer: Bool { self != .squaredL2 }

  /// Whether vectors must have unit length before they are stored or searched.
  public var normalizes: Bool { self == .cosine }

  /// Turns an internal distance (smaller is nearer) into the score that users see, and back.
  @inlinable
  public func score(fromDistance distance: Float) -> Float {
    self == .squaredL2 ? distance : -distance
  }

  /// Turns a nearness (larger is nearer: the inner product, or minus the squared distance) into a distance.
  @inlinable
  package func distance(fromNearness nearness: Float) -> Float {
    // Not minus zero for what is no distance away.
    self == .squaredL2 ? 0 - nearness : -nearness
  }
}
