internal import Glibc
public import VectorCore

/// The files of records that a preparation writes into a folder.
public struct RecordFolder: Sendable {
  /// Which step wrote records.
  public enum Kind: Sendable {
    /// `needle prepare train`: `split00.jsonl`, `split01.jsonl` and so on.
    case prepared
    /// `needle hard-negatives`: `split00.hn.jsonl` and so on.
    case mined
  }

  /// The folder.
  public let path: String
  /// Whose files.
  public let kind: Kind

  /// Names files of a folder.
  public init(_ path: String, _ kind: Kind) {
    self.path = path
    self.kind = kind
  }

  private static let prefix = "split"

  private var suffix: String { kind == .mined ? ".hn.jsonl" : ".jsonl" }

  /// What describes the files.
  public var manifest: String { path + (kind == .mined ? "/manifest.hn.json" : "/manifest.json") }

  /// The path of a file by number, from 0.
  func shard(_ number: Int) -> String {
    path + "/\(Self.prefix)\(number < 10 ? "0" : "")\(number)\(suffix)"
  }

  /// The files that are there, in the order of their numbers.
  ///
  /// - Throws: `FileError` where the folder cannot be read.
  public func shards() throws(FileError) -> [String] {
    let numbers = try Folder.names(in: path).compactMap { number(of: $0) }
    return numbers.sorted().map { shard($0) }
  }

  /// The number of a file by its name; `nil` for files of other kinds.
  func number(of name: String) -> Int? {
    guard name.hasPrefix(Self.prefix), name.hasSuffix(suffix) else { return nil }
    let digits = name.dropFirst(Self.prefix.count).dropLast(suffix.count)
    guard let number = Int(digits), number >= 0, shard(number) == path + "/" + name else {
      return nil
    }
    return number
  }

  /// Throws where files of an earlier preparation are there.
  ///
  /// - Throws: `FileError`; also where the folder cannot be read.
  public func checkEmpty() throws(FileError) {
    guard let first = try shards().first else { return }
    throw FileError(
      .usage,
      path: first,
      reason: "was written by an earlier preparation",
      remedy: "give another folder, or --overwrite"
    )
  }

  /// Gives complete files their names; those of an earlier preparation go.
  ///
  /// - Parameter files: the paths of files 0, 1, 2 and so on.
  /// - Throws: `FileError` for all that the system refuses.
  func replaceShards(by files: [String]) throws(FileError) {
    for old in try shards() where unsafe unlink(old) != 0 {
      throw SystemError.current().whileWriting(old)
    }
    for (number, file) in files.enumerated() where unsafe rename(file, shard(number)) != 0 {
      throw SystemError.current().whileWriting(shard(number))
    }
  }
}
