internal import Benchmarking
internal import Encoding
internal import Needletail
internal import Reporting
internal import Retrieval

/// What an encoding came to, for people and programs.
struct EncodingReport {
  let path: String
  let dimension: Int
  let result: CorpusEncoding

  /// Says in a line each what was met in the texts.
  static func warn(of result: CorpusEncoding, in file: TextFile) {
    let counts = result.counts
    for (count, what) in [
      (counts.empty, "texts are empty, and encoded as such"),
      (counts.missing, "fields are missing, and taken as empty"),
      (counts.replaced, TextCounts.repaired),
    ] where count > 0 {
      StandardError.write("needle: warning: \(file.path): \(NumberText.grouped(count)) \(what)\n")
    }
  }

  private var seconds: Double { max(result.time.inSeconds, 1e-9) }

  private var phases: [(name: String, seconds: Double)] {
    [
      ("read", result.readTime.inSeconds), ("tokenize", result.tokenizeTime.inSeconds),
      ("encode", result.encodeTime.inSeconds), ("write", result.writeTime.inSeconds),
    ]
  }

  /// Two or three lines.
  var text: String {
    let size = "\(NumberText.grouped(result.count)) x \(dimension)"
    guard result.encoded > 0 else { return "\(path): \(size), complete already\n" }
    let before =
      result.present > 0 ? " (\(NumberText.grouped(result.present)) were there already)" : ""
    let rate = NumberText.rate(Double(result.encoded) / seconds)
    let tokens = NumberText.rate(Double(result.tokens) / seconds)
    let parts = phases.map { "\($0.name) \(NumberText.seconds($0.seconds))" }
    return """
      \(path): \(size)\(before)
      encoded in \(NumberText.seconds(seconds)): \(rate) texts/s, \(tokens) tokens/s, \
      \(NumberText.short(100 * result.paddingShare)) % padding
      phases: \(parts.joined(separator: ", "))

      """
  }

  /// All of it.
  var json: JSONText {
    .object([
      ("path", .text(path)),
      ("count", .integer(result.count)),
      ("dimension", .integer(dimension)),
      ("encoded", .integer(result.encoded)),
      ("seconds", .real(result.time.inSeconds)),
      ("phases", .object(phases.map { ($0.name, .real($0.seconds)) })),
      ("texts_per_s", .real(Double(result.encoded) / seconds)),
      ("tokens_per_s", .real(Double(result.tokens) / seconds)),
      ("tokens", .integer(result.tokens)),
      ("padding_share", .real(result.paddingShare)),
      ("empty_texts", .integer(result.counts.empty)),
      ("missing_fields", .integer(result.counts.missing)),
      ("repaired_lines", .integer(result.counts.replaced)),
      ("peak_bytes", ProcessMemory.peak.map { .integer($0) } ?? .null),
    ])
  }
}
