/// Names of a set's vectors, such as the ids of a corpus: one word of UTF-8 for each row.
///
/// The vectors' numeric ids are then their rows, and the name of a found vector is `names[row]`.
public struct VectorNames: Sendable, Equatable {
  /// Where each name begins in ``bytes``, and the end of the last: one more than there are names.
  package let offsets: SharedArray<UInt64>
  /// All names, one directly behind the other.
  package let bytes: SharedArray<UInt8>

  /// Takes names as they lie in an index file.
  ///
  /// - Returns: `nil` where the offsets do not rise from 0 to the number of bytes.
  /// - Complexity: O(n) time; nothing is copied.
  package init?(offsets: SharedArray<UInt64>, bytes: SharedArray<UInt8>) {
    guard offsets.count > 0, offsets[0] == 0, offsets[offsets.count - 1] == UInt64(bytes.count)
    else { return nil }
    for row in 1..<offsets.count where offsets[row] < offsets[row - 1] { return nil }
    self.offsets = offsets
    self.bytes = bytes
  }

  /// Takes one name for each row.
  ///
  /// - Throws: ``IndexError/duplicateName(name:firstRow:secondRow:)``.
  /// - Complexity: O(n) time and, beside the names themselves, 4 to 8 bytes a name.
  public init(_ names: [String]) throws(IndexError) {
    var builder = Builder()
    for name in names { builder.append(name.utf8) }
    self = try builder.finished()
  }

  /// The number of names.
  public var count: Int { offsets.count - 1 }

  /// The bytes that the names and their offsets take.
  public var byteCount: Int { offsets.byteCount + bytes.byteCount }

  /// The name of a row; bytes that are no UTF-8 become U+FFFD.
  public subscript(row: Int) -> String {
    let range = self.range(of: row)
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe String(decoding: buffer[range], as: UTF8.self)
    }
  }

  private func range(of row: Int) -> Range<Int> {
    Int(offsets[row])..<Int(offsets[row + 1])
  }

  /// The rows of the first name that occurs a second time, or `nil`.
  private func firstDuplicate() -> (first: Int, second: Int)? {
    var table = NameTable(capacity: count)
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      for row in 0..<count {
        let name = buffer.extracting(range(of: row))
        let slot = unsafe table.slot(of: name) { other in
          unsafe buffer.extracting(range(of: other)).elementsEqual(name)
        }
        if let other = table[slot] { return (other, row) }
        table[slot] = row
      }
      return nil
    }
  }

  /// The rows of some names, in the order of `words`; `nil` for a name that no row has.
  ///
  /// - Complexity: O(count + words).
  func rows(of words: [String]) -> [UInt32?] {
    // By bytes: names may differ in Unicode's normalization only.
    let wanted = words.map { Array($0.utf8) }
    var table = NameTable(capacity: words.count)
    var sieve = Sieve(capacity: words.count)
    // The same word may be asked for twice: the first place stands for both.
    let first = wanted.indices.map { place in
      let slot = unsafe wanted[place].withUnsafeBufferPointer { word in
        unsafe table.slot(of: word) { wanted[$0] == wanted[place] }
      }
      if table[slot] == nil { table[slot] = place }
      sieve.insert(Self.mark(wanted[place]))
      return table[slot] ?? place
    }
    var rows = [UInt32?](repeating: nil, count: words.count)
    unsafe bytes.withUnsafeBufferPointer { buffer in
      for row in 0..<count {
        let name = buffer.extracting(range(of: row))
        guard unsafe sieve.mayContain(Self.mark(name)) else { continue }
        let slot = unsafe table.slot(of: name) { place in
          unsafe wanted[place].count == name.count && name.elementsEqual(wanted[place])
        }
        if let place = table[slot] { rows[place] = UInt32(row) }
      }
    }
    return first.map { rows[$0] }
  }

  /// Length and last bytes of a name, in which ids differ the most.
  private static func mark(_ name: some RandomAccessCollection<UInt8>) -> UInt64 {
    var mark = UInt64(name.count)
    for byte in name.suffix(8) { mark = mark << 8 ^ mark >> 56 ^ UInt64(byte) }
    return mark
  }
}

/// A hash table of names that lie elsewhere, by their numbers: four to eight bytes a name.
private struct NameTable {
  private var slots: [UInt32]

  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    slots = [UInt32](repeating: .max, count: size)
  }

  subscript(slot: Int) -> Int? {
    get { slots[slot] == .max ? nil : Int(slots[slot]) }
    set { slots[slot] = newValue.map { UInt32($0) } ?? .max }
  }

  /// The slot of a name, or the free one where it belongs.
  func slot(of name: UnsafeBufferPointer<UInt8>, isSame: (Int) -> Bool) -> Int {
    var hasher = Hasher()
    unsafe hasher.combine(bytes: UnsafeRawBufferPointer(name))
    var slot = hasher.finalize() & (slots.count - 1)
    while let other = self[slot], !isSame(other) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }
}

extension VectorNames {
  /// Names that are being collected.
  struct Builder {
    private var offsets: [UInt64] = [0]
    private var bytes: [UInt8] = []

    /// Appends the name of the next row.
    mutating func append(_ name: some Collection<UInt8>) {
      bytes.append(contentsOf: name)
      offsets.append(UInt64(bytes.count))
    }

    /// The names, which must differ.
    ///
    /// - Throws: ``IndexError/tooManyVectors(count:limit:)``,
    ///   ``IndexError/duplicateName(name:firstRow:secondRow:)``.
    func finished() throws(IndexError) -> VectorNames {
      guard offsets.count <= Int(UInt32.max) else {
        throw .tooManyVectors(count: offsets.count - 1, limit: Int(UInt32.max) - 1)
      }
      let names = VectorNames(offsets: SharedArray(offsets), bytes: SharedArray(bytes))
      guard let names else { preconditionFailure("offsets that were just counted") }
      if let (first, second) = names.firstDuplicate() {
        throw .duplicateName(name: names[second], firstRow: first, secondRow: second)
      }
      return names
    }
  }
}
