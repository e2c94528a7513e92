public import VectorCore

/// A file of texts: a corpus or queries.
public struct TextFile: Sendable, Equatable {
  /// What the texts are, which says where they are in a BEIR directory.
  public enum Role: String, Sendable {
    /// The passages that are searched.
    case corpus
    /// What is searched for.
    case queries
  }

  /// How the texts are written.
  public enum Format: Sendable, Equatable {
    /// A record a line, its fields separated by tabs: no quoting, no words that mean "nothing", ids
    /// as they are written.
    case tsv
    /// An object of JSON a line.
    case jsonl
  }

  /// The file's path.
  public let path: String
  /// How the texts are written.
  public let format: Format
  /// What they are.
  public let role: Role

  /// Finds the texts at a path and tells their format by the name's ending.
  ///
  /// Endings are `.tsv` and `.txt`, or `.jsonl` and `.ndjson`, each possibly followed by `.gz`. Of a
  /// BEIR directory the file `corpus.jsonl` or `queries.jsonl` is taken, packed or not.
  /// - Throws: ``VectorCore/FileError`` for another ending, and for a folder without such a file.
  public init(_ path: String, role: Role) throws(FileError) {
    self.role = role
    guard Folder.exists(path) else {
      self.path = path
      format = try Self.format(of: path)
      return
    }
    let wanted = "\(role.rawValue).jsonl"
    let names = try Folder.names(in: path)
    guard let name = [wanted, wanted + ".gz"].first(where: { names.contains($0) }) else {
      throw FileError(
        .missingInput,
        path: path,
        reason: "is a folder without \(wanted)",
        remedy: "give a BEIR directory, or a file of texts"
      )
    }
    self.path = path + (path.hasSuffix("/") ? "" : "/") + name
    format = .jsonl
  }

  private static func format(of path: String) throws(FileError) -> Format {
    var words = path.split(separator: "/").last?.lowercased().split(separator: ".") ?? []
    if words.last == "gz" { words.removeLast() }
    switch words.count > 1 ? words.last : nil {
    case "tsv", "txt": return .tsv
    case "jsonl", "ndjson": return .jsonl
    default:
      throw FileError(
        .usage,
        path: path,
        reason: "the name's ending does not say how the texts are written",
        remedy: "texts are read from .tsv, .txt, .jsonl and .ndjson, also with .gz"
      )
    }
  }
}
