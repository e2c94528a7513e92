internal import VectorCore

/// A sorted run, in memory or in a file, read from the first record to the last.
struct RunReader {
  /// The record that is read, `nil` behind the last.
  private(set) var record: RecordLayout?

  private let file: SpillFile?
  /// The bytes of the file that are not in the buffer.
  private var left: Range<Int>
  private var buffer: [UInt8]
  /// Where the record begins in the buffer.
  private var start = 0
  /// How many bytes of the buffer belong to the run.
  private var end: Int

  /// Reads a run that is in memory.
  init(_ bytes: [UInt8]) {
    file = nil
    left = 0..<0
    buffer = bytes
    end = bytes.count
    record = RecordLayout(buffer.span, at: 0)
  }

  /// Reads a run that is in a file.
  ///
  /// - Throws: `FileError` where it cannot be read.
  init(_ file: SpillFile, _ range: Range<Int>, bufferSize: Int) throws(FileError) {
    self.file = file
    left = range
    buffer = [UInt8](repeating: 0, count: bufferSize)
    end = 0
    try load()
  }

  /// Goes to the next record.
  ///
  /// - Throws: `FileError` where it cannot be read.
  mutating func advance() throws(FileError) {
    start += record?.size ?? 0
    try load()
  }

  /// Compares the keys of two readers' records, as ``IDOrder/compare(_:_:)`` does.
  func compareKey(with other: RunReader) -> Int {
    guard let record, let otherRecord = other.record else { return 0 }
    return IDOrder.compare(
      buffer.span.extracting(record.key(from: start)),
      other.buffer.span.extracting(otherRecord.key(from: other.start))
    )
  }

  /// Copies the record.
  func copy(to target: inout SortedRecord) {
    guard let record else { return }
    target.rank = record.rank
    target.number = record.number
    target.key.removeAll(keepingCapacity: true)
    target.key.append(contentsOf: buffer.span.extracting(record.key(from: start)))
    target.payload.removeAll(keepingCapacity: true)
    target.payload.append(contentsOf: buffer.span.extracting(record.payload(from: start)))
  }

  /// Appends the record as it lies in the run.
  func append(to bytes: inout [UInt8]) {
    guard let record else { return }
    bytes.append(contentsOf: buffer.span.extracting(start..<start + record.size))
  }

  /// Makes the record at `start` the current one, and fetches what of it is not there.
  private mutating func load() throws(FileError) {
    record = header()
    if let record, record.size <= end - start { return }
    guard file != nil, !left.isEmpty else { return }
    if record == nil { try fetch(RecordLayout.headerSize) }
    record = header()
    if let record { try fetch(record.size) }
  }

  private func header() -> RecordLayout? {
    RecordLayout(buffer.span.extracting(0..<end), at: start)
  }

  /// Moves the waiting bytes to the begin of the buffer and fills it, so that it holds `needed`.
  private mutating func fetch(_ needed: Int) throws(FileError) {
    guard let file, end - start < needed else { return }
    buffer.replaceSubrange(0..<end - start, with: buffer[start..<end])
    end -= start
    start = 0
    if buffer.count < needed { buffer += [UInt8](repeating: 0, count: needed - buffer.count) }
    let count = min(buffer.count - end, left.count)
    let next = left.lowerBound + count
    try file.read(left.lowerBound..<next, into: &buffer, from: end)
    left = next..<left.upperBound
    end += count
  }
}
