internal import Synchronization
public import VectorCore

/// Splits the records of a folder into one file to train on and one to validate on.
public struct RecordSplit: Sendable {
  /// Which records are kept for validation.
  public enum Choice: Sendable, Equatable {
    /// Those whose queries come first in an order that a seed and the queries alone fix: the same
    /// for ids in any order and any number of files. All records of a query stay together.
    case seeded(UInt64)
    /// The last, as `tail` takes them.
    case tail
  }

  /// How many records went where.
  public struct Counts: Sendable, Equatable {
    /// Records to train on.
    public let train: Int
    /// Records to validate on.
    public let validation: Int
  }

  private let folder: RecordFolder
  private let files: [RecordFile]

  /// Opens the records of a folder; other files in it are left alone.
  ///
  /// - Throws: `FileError` where there are none.
  public init(_ folder: RecordFolder) throws(FileError) {
    self.folder = folder
    var files: [RecordFile] = []
    for path in try folder.shards() { files.append(try RecordFile(path: path)) }
    self.files = files
    guard files.isEmpty else { return }
    let other = RecordFolder(folder.path, folder.kind == .mined ? .prepared : .mined)
    let hasOthers = try !other.shards().isEmpty
    throw FileError(
      .missingInput,
      path: folder.path,
      reason: "holds no \(folder.kind == .mined ? "split00.hn.jsonl" : "split00.jsonl")",
      remedy: hasOthers
        ? "for \(other.kind == .mined ? "split00.hn.jsonl give --hn" : "split00.jsonl leave --hn out")"
        : "give a folder that 'needle prepare train' wrote"
    )
  }

  /// How many records there are.
  public var count: Int { files.reduce(0) { $0 + $1.count } }

  /// Writes both files, line by line as they are, in the order of the folder's files.
  ///
  /// - Parameters:
  ///   - validation: how many records are kept for validation.
  ///   - choice: which.
  ///   - train: the file to train on.
  ///   - held: the file to validate on.
  ///   - threads: how many threads may read records.
  /// - Returns: how many records went where.
  /// - Throws: `FileError` where there are too few records, for one that is malformed, with its
  ///   line, and where an output cannot be written or is one of the inputs.
  public func write(
    validation: Int,
    by choice: Choice,
    train: String,
    held: String,
    threads: Int
  ) throws -> Counts {
    guard validation < count else {
      throw FileError(
        .badData,
        path: folder.path,
        reason: "\(validation) of \(count) records for validation leave none to train on",
        remedy: "ask for fewer"
      )
    }
    for output in [train, held] { try checkOutput(output) }
    var isHeld: [Bool]
    switch choice {
    case .tail:
      isHeld = (0..<count).map { $0 >= count - validation }
    case .seeded(let seed):
      isHeld = try heldOut(validation, seed: seed, hashes: try queryHashes(threads: threads))
    }
    var first = try AtomicFile(path: train)
    var second = try AtomicFile(path: held)
    var number = 0
    for file in files {
      for index in 0..<file.count {
        let line = file.line(index) + [UInt8(ascii: "\n")]
        if isHeld[number] { try second.write(line) } else { try first.write(line) }
        number += 1
      }
    }
    try first.commit()
    try second.commit()
    return Counts(train: count - validation, validation: validation)
  }

  /// The numbers of all records' queries.
  private func queryHashes(threads: Int) throws -> [UInt64] {
    var all: [UInt64] = []
    for file in files {
      let hashes = Mutex([UInt64](repeating: 0, count: file.count))
      try parallelFor(file.count, chunk: 256, threads: threads) { _, range in
        for index in range {
          let hash = try file.content(index).queryHash
          hashes.withLock { $0[index] = hash }
        }
      }
      all += hashes.withLock { $0 }
    }
    return all
  }

  /// Which records are held out: query by query in seeded order, passing over queries with more
  /// records than are still wanted.
  private func heldOut(_ wanted: Int, seed: UInt64, hashes: [UInt64]) throws(FileError) -> [Bool] {
    var recordsOf: [UInt64: [Int]] = [:]
    for (record, hash) in hashes.enumerated() { recordsOf[hash, default: []].append(record) }
    let order = recordsOf.keys
      .map { (place: SplitMix64.value(seed: seed, at: $0), hash: $0) }
      .sorted { $0 < $1 }
    var isHeld = [Bool](repeating: false, count: hashes.count)
    var open = wanted
    for (_, hash) in order where open > 0 {
      guard let records = recordsOf[hash], records.count <= open else { continue }
      for record in records { isHeld[record] = true }
      open -= records.count
    }
    guard open == 0 else {
      throw FileError(
        .badData,
        path: folder.path,
        reason: "queries have several records, which stay together, and none make up the last "
          + "\(open) of \(wanted)",
        remedy: "keep one record a query, or ask for another number"
      )
    }
    return isHeld
  }

  /// Refuses outputs that the next split would read.
  private func checkOutput(_ path: String) throws(FileError) {
    let name = path.split(separator: "/").last.map { String($0) } ?? path
    guard folder.number(of: name) != nil else { return }
    throw FileError(
      .usage,
      path: path,
      reason: "is a name of the files that are split",
      remedy: "give a name such as train.jsonl"
    )
  }
}
