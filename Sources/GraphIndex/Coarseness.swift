/// How far the distances of a walk are from those that the last candidates are ranked by.
enum Coarseness {
  /// Nothing is ranked again.
  case none
  /// Vectors, codes of 8 bits, and the own codes of fat rows.
  case fine
  case nibbles
  case bits

  init(_ store: NodeStore) {
    guard store.rerank.kind != .none else {
      self = .none
      return
    }
    switch store.layout {
    case .fat, .floats: self = .fine
    case .codes(_, let codes, _):
      switch codes.kind {
      case .bytes: self = .fine
      case .nibbles: self = .nibbles
      case .bits: self = .bits
      }
    }
  }

  /// Candidates that are ranked again for the `k` nearest: the coarser the codes, the more, and the more
  /// the wider the search.
  func kept(for k: Int, window: Int) -> Int {
    switch self {
    case .none: k
    case .fine: max(k + max(5, k / 2), window / 4)
    case .nibbles: max(k + max(15, k), window / 2)
    case .bits: max(k + max(60, 4 * k), window)
    }
  }
}
