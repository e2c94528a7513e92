internal import Glibc
internal import VectorCore

/// Writes records to files of equal numbers of records.
///
/// All files get their names together, when the last record is written; a preparation that fails
/// leaves the folder as it was.
struct RecordWriter: ~Copyable {
  private let folder: RecordFolder
  private let shardSize: Int
  /// Complete files under temporary names.
  private var complete: [String] = []
  private var current: AtomicFile?
  private var currentCount = 0

  /// - Parameters:
  ///   - folder: where the files go.
  ///   - shardSize: the records of each file but the last, at least 1.
  init(_ folder: RecordFolder, shardSize: Int) {
    precondition(shardSize > 0, "files of \(shardSize) records")
    self.folder = folder
    self.shardSize = shardSize
  }

  deinit {
    for file in complete { _ = unsafe unlink(file) }
  }

  /// Appends a record's line.
  mutating func append(_ line: [UInt8]) throws(FileError) {
    if currentCount == shardSize { try close() }
    if current == nil {
      current = try AtomicFile(path: folder.shard(complete.count) + ".partial")
    }
    try current?.write(line)
    currentCount += 1
  }

  /// Gives the files their names.
  mutating func finish() throws(FileError) {
    try close()
    try folder.replaceShards(by: complete)
    complete = []
  }

  private mutating func close() throws(FileError) {
    guard let file = current.take() else { return }
    let path = file.path
    try file.commit()
    complete.append(path)
    currentCount = 0
  }
}
