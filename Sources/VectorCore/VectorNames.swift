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
    // Open addressing over row numbers, so that a name takes four to eight bytes here.
    var capacity = 16
    while capacity < 2 * count { capacity *= 2 }
    var slots = [UInt32](repeating: .max, count: capacity)
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      for row in 0..<count {
        let name = unsafe buffer[range(of: row)]
        var hasher = Hasher()
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: name)))
        var slot = hasher.finalize() & (capacity - 1)
        while slots[slot] != .max {
          let other = Int(slots[slot])
          if unsafe buffer[range(of: other)].elementsEqual(name) { return (other, row) }
          slot = (slot + 1) & (capacity - 1)
        }
        slots[slot] = UInt32(row)
      }
      return nil
    }
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
