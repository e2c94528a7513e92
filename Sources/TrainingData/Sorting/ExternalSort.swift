internal import VectorCore

/// Sorts records of any number within a given memory: a merge sort whose runs go to a file where they
/// do not fit (Knuth, "The Art of Computer Programming", volume 3, section 5.4).
///
/// Records are ordered by rank, by key where ranks are equal, and by arrival where keys are: the
/// sort is stable. Blocks of records are sorted as they fill, and merged into one run of the file
/// whenever the memory is used up.
/// - Complexity: O(n log n) comparisons; every record is written once and read once.
struct ExternalSort: ~Copyable {
  /// How many records were added.
  private(set) var count = 0
  /// How many runs are in the file.
  var fileRuns: Int { spilled.count }

  private let space: SortSpace
  private let blockSize: Int
  private var block: [UInt8] = []
  private var entries: [Entry] = []
  /// Sorted runs in memory, and their bytes.
  private var runs: [[UInt8]] = []
  private var runBytes = 0
  private var file: SpillFile?
  /// Where runs lie in the file.
  private var spilled: [Range<Int>] = []

  /// A record of the block.
  private struct Entry {
    let rank: UInt64
    let start: Int
  }

  /// Creates a sort without records.
  init(in space: SortSpace) {
    self.space = space
    // A block is held together with its entries and its sorted copy: some four times its size.
    blockSize = min(space.memory / 16, 1 << 23)
  }

  /// Adds a record.
  ///
  /// - Throws: `FileError` where the file cannot be written.
  mutating func append(
    rank: UInt64,
    key: Span<UInt8>,
    number: UInt64,
    payload: Span<UInt8>
  ) throws(FileError) {
    let size = RecordLayout.headerSize + key.count + payload.count
    if block.count + size > blockSize { try endBlock() }
    count += 1
    entries.append(Entry(rank: rank, start: block.count))
    RecordLayout.append(rank: rank, key: key, number: number, payload: payload, to: &block)
  }

  /// The records in order; the sort is over.
  ///
  /// - Returns: a stream that holds the memory and the file while it is read.
  /// - Throws: `FileError` where the file cannot be written or read.
  mutating func finish() throws(FileError) -> SortedRecords {
    try endBlock()
    block = []
    entries = []
    guard let file else { return SortedRecords(takeRuns()) }
    try spill()
    let bufferSize = min(max(space.memory / 2 / spilled.count, 1 << 12), 1 << 20)
    var readers: [RunReader] = []
    for range in spilled { readers.append(try RunReader(file, range, bufferSize: bufferSize)) }
    return SortedRecords(readers)
  }

  /// Makes a run of the block.
  private mutating func endBlock() throws(FileError) {
    guard !entries.isEmpty else { return }
    if runBytes + block.count + 4 * blockSize > space.memory { try spill() }
    sortEntries()
    var run: [UInt8] = []
    run.reserveCapacity(block.count)
    for entry in entries {
      guard let record = RecordLayout(block.span, at: entry.start) else { continue }
      run.append(contentsOf: block.span.extracting(entry.start..<entry.start + record.size))
    }
    runs.append(run)
    runBytes += run.count
    block.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }

  private mutating func sortEntries() {
    // Taken out so that the closure reads a constant.
    let bytes = block
    func key(_ entry: Entry) -> Range<Int> {
      RecordLayout(bytes.span, at: entry.start)?.key(from: entry.start) ?? 0..<0
    }
    entries.sort { left, right in
      if left.rank != right.rank { return left.rank < right.rank }
      let order = IDOrder.compare(
        bytes.span.extracting(key(left)),
        bytes.span.extracting(key(right))
      )
      return order == 0 ? left.start < right.start : order < 0
    }
  }

  private mutating func takeRuns() -> [RunReader] {
    defer {
      runs = []
      runBytes = 0
    }
    return runs.map { RunReader($0) }
  }

  /// Merges the runs in memory into one of the file.
  private mutating func spill() throws(FileError) {
    guard !runs.isEmpty else { return }
    let file: SpillFile
    if let opened = self.file { file = opened } else { file = try SpillFile(folder: space.folder) }
    self.file = file
    let start = spilled.last?.upperBound ?? 0
    var end = start
    var records = SortedRecords(takeRuns())
    var pending: [UInt8] = []
    while try records.append(to: &pending) {
      if pending.count >= blockSize / 2 { try write(&pending, to: file, at: &end) }
    }
    try write(&pending, to: file, at: &end)
    spilled.append(start..<end)
  }

  private func write(
    _ bytes: inout [UInt8],
    to file: SpillFile,
    at end: inout Int
  ) throws(FileError) {
    try file.write(bytes, at: end)
    end += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }
}
