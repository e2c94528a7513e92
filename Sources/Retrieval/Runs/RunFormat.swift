/// How the lines of a run are written.
public enum RunFormat: String, Sendable, CaseIterable {
  /// `qid Q0 docid rank score tag`: what trec_eval reads and OpenMatch writes.
  case trec
  /// `qid docid rank`: what the evaluation script of MS MARCO reads.
  case msmarco
  /// `qid docid score`.
  case tsv
  /// `{"query":…,"ids":[…],"scores":[…]}`: what `needle search` writes, a query a line.
  case jsonl

  /// The format that the ending of a file's name tells, where it tells one; `.gz` is not looked at.
  ///
  /// `.tsv` tells nothing: MS MARCO's runs, with ranks in the third column, are called so as well as
  /// those with scores there, and to take one for the other turns a run upside down.
  public init?(forFileNamed path: String) {
    let name = path.hasSuffix(".gz") ? path.dropLast(3) : path[...]
    switch name.split(separator: ".").last {
    case "trec", "run": self = .trec
    case "msmarco": self = .msmarco
    case "jsonl": self = .jsonl
    default: return nil
    }
  }

  /// The number of columns, or `nil` where lines have none.
  var columns: Int? {
    switch self {
    case .trec: 6
    case .msmarco, .tsv: 3
    case .jsonl: nil
    }
  }

  /// A line, for messages.
  var line: String {
    switch self {
    case .trec: "qid Q0 docid rank score tag"
    case .msmarco: "qid docid rank"
    case .tsv: "qid docid score"
    case .jsonl: #"{"query":…,"ids":[…],"scores":[…]}"#
    }
  }
}
