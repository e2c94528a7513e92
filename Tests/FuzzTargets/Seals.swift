internal import IndexStore

/// Little-endian numbers in bytes that may end anywhere.
private func number(_ bytes: [UInt8], _ offset: Int) -> Int? {
  guard offset >= 0, offset <= bytes.count - 8 else { return nil }
  let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
  return Int(exactly: value)
}

private func put(_ value: UInt64, _ bytes: inout [UInt8], _ offset: Int) {
  guard offset >= 0, offset <= bytes.count - 8 else { return }
  for place in 0..<8 {
    bytes[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * place))
  }
}

/// The checksum of a part; `nil` where there is no such part.
private func sum(_ bytes: [UInt8], _ start: Int?, _ count: Int?) -> UInt64? {
  guard let start, let count, start >= 0, count >= 0, start <= bytes.count,
    count <= bytes.count - start
  else { return nil }
  return Checksum.of(bytes[start..<start + count])
}

/// The checksums of an index file, at the offsets of `docs/file-format.md`.
enum IndexSeal {
  static func seal(_ bytes: inout [UInt8]) {
    guard bytes.count >= 4096 else { return }
    let table = number(bytes, 48) ?? -1
    let sections = bytes[12..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
    for section in 0..<min(sections, 64) {
      guard table >= 0, table < bytes.count else { break }
      let entry = table + 128 * section
      if let found = sum(bytes, number(bytes, entry + 64), number(bytes, entry + 80)) {
        put(found, &bytes, entry + 88)
      }
    }
    if let found = sum(bytes, number(bytes, 24), number(bytes, 32)) { put(found, &bytes, 40) }
    if let found = sum(bytes, table, sections * 128) { put(found, &bytes, 56) }
    put(Checksum.of(bytes[..<4088]), &bytes, 4088)
  }
}

/// The checksums of a token store, at the offsets of `docs/token-store.md`.
enum TokenStoreSeal {
  static func seal(_ bytes: inout [UInt8]) {
    guard bytes.count >= 128 else { return }
    put(Checksum.of(bytes[128...]), &bytes, 64)
    put(Checksum.of(bytes[..<72]), &bytes, 72)
  }
}

/// The checksum behind the words of a file of deleted rows.
enum DeletedRowsSeal {
  static func seal(_ bytes: inout [UInt8]) {
    guard bytes.count >= 8 else { return }
    put(Checksum.of(bytes[..<(bytes.count - 8)]), &bytes, bytes.count - 8)
  }
}
