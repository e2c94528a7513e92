public import VectorCore

/// The log of a training, `log.jsonl`: an object on each line, readable while the training runs.
public struct TrainingLog: ~Copyable {
  /// The file as the user gave it.
  public var path: String { file.path }

  private var file: LogFile

  /// Begins the log of a new training, in place of a file that is there already.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public init(path: String) throws(FileError) {
    try Self.write([], to: path)
    file = try LogFile(opening: path)
  }

  /// Goes on with the log of a training that is resumed.
  ///
  /// Entries of later steps, which will be made again, and a line that a killed process left
  /// unfinished are dropped. The file is replaced as a whole, so that nothing is lost meanwhile; a
  /// missing one is begun.
  /// - Parameters:
  ///   - path: the file.
  ///   - step: the step of the checkpoint from which the training goes on.
  /// - Throws: `FileError` where a line is no entry, and where the file cannot be read or written.
  public init(path: String, resumingAfter step: Int) throws(FileError) {
    var kept: [LogEntry] = []
    do {
      kept = try Self.entries(of: path).filter { $0.step <= step }
    } catch  where error.kind == .missingInput {
      // A log that was removed is no reason to stop.
    }
    try Self.write(kept, to: path)
    file = try LogFile(opening: path)
  }

  /// Appends an entry; it is with the system when the call returns.
  ///
  /// - Throws: `FileError` for a full disk and all else that the system refuses.
  public mutating func append(_ entry: LogEntry) throws(FileError) {
    try file.append(Array((entry.json + "\n").utf8))
  }

  /// The entries of a log, in the order of the file.
  ///
  /// A last line without its end, which is being written or was when the process was killed, is left
  /// out.
  /// - Throws: `FileError` that names the line which is no entry, and where the file is missing.
  public static func entries(of path: String) throws(FileError) -> [LogEntry] {
    let file = try MappedFile(path: path)
    var rest = file.prefix(file.count)[...]
    var entries: [LogEntry] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      do {
        entries.append(try LogEntry(line: rest[..<end]))
      } catch {
        throw FileError(
          .badData,
          path: path,
          place: "line \(entries.count + 1)",
          reason: error.reason,
          remedy: "remove the line"
        )
      }
      rest = rest[(end + 1)...]
    }
    return entries
  }

  private static func write(_ entries: [LogEntry], to path: String) throws(FileError) {
    var file = try AtomicFile(path: path)
    for entry in entries { try file.write(Array((entry.json + "\n").utf8)) }
    try file.commit()
  }
}
