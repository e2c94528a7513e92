internal import VectorCore

/// Ids of segments that follow one another; those of deleted rows may come again.
struct JoinedIDs {
  private let isNamed: Bool
  private var parts: [(ids: VectorIDs, count: Int)] = []

  init(named: Bool) { isNamed = named }

  mutating func append(_ ids: VectorIDs, count: Int) { parts.append((ids, count)) }

  /// The ids of all rows.
  ///
  /// - Complexity: O(bytes of the ids); O(1) for one segment.
  var joined: VectorIDs {
    if parts.count == 1, parts[0].ids.names != nil || !isNamed { return parts[0].ids }
    guard isNamed else {
      return VectorIDs(
        unchecked: parts.flatMap { part in
          part.ids.explicit ?? (0..<UInt64(part.count)).map { $0 }
        }
      )
    }
    var offsets: [UInt64] = [0]
    var bytes: [UInt8] = []
    for names in parts.compactMap(\.ids.names) {
      let base = UInt64(bytes.count)
      unsafe names.offsets.withUnsafeBufferPointer { part in
        unsafe offsets.append(contentsOf: part.dropFirst().lazy.map { base + $0 })
      }
      unsafe names.bytes.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
    let names = VectorNames(offsets: SharedArray(offsets), bytes: SharedArray(bytes))
    guard let names else { preconditionFailure("offsets that were just counted") }
    return VectorIDs(names: names)
  }
}
