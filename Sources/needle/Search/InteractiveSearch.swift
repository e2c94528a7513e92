internal import Encoding
internal import Glibc
internal import Needletail
internal import Reporting
internal import Retrieval

/// Answers queries as they are typed, one a line, until the input ends.
struct InteractiveSearch {
  let target: SearchTarget
  let encoder: ModelTextEncoder
  let template: TextTemplate
  /// The passages, to show with what is found; ids alone where there are none.
  let passages: PassageTexts?
  let k: Int
  let threads: Int

  /// Answers all queries.
  ///
  /// - Throws: what encoder and index throw.
  func run() throws {
    while let line = nextLine() {
      let text = line.utf8.filter { $0 != UInt8(ascii: "\r") }
      guard text.contains(where: { $0 != UInt8(ascii: " ") }) else { continue }
      try StandardOutput.write(try answer(Array(text)))
    }
    if isTyped { try StandardOutput.write("\n") }
  }

  private var isTyped: Bool { isatty(STDIN_FILENO) == 1 }

  /// The next line, after a prompt where somebody sits there.
  private func nextLine() -> String? {
    if isTyped { StandardError.write("query> ") }
    return readLine()
  }

  private func answer(_ text: [UInt8]) throws -> String {
    let clock = ContinuousClock()
    let began = clock.now
    let tokens = try encoder.tokenize([template.text(of: [text])], threads: 1)
    let vector = try encoder.encode(tokens)
    let encoded = clock.now
    let found = try target.index.search(
      vector.span,
      k: k,
      parameters: target.parameters,
      threads: threads,
      name: "the query"
    )
    let searched = clock.now
    var lines = "\(String(decoding: text, as: UTF8.self))\n"
    for (place, neighbor) in found[0].enumerated() {
      let id = target.index.ids.text(of: neighbor.id)
      let text = try passages.map { try $0.text(of: id) ?? "(no such passage in the corpus)" } ?? ""
      lines += "\(place + 1). \(NumberText.fixed(Double(neighbor.score), 4))  \(id)  \(text)\n"
    }
    return lines + "   encoded in \(NumberText.seconds((encoded - began).inSeconds)), "
      + "searched in \(NumberText.seconds((searched - encoded).inSeconds))\n\n"
  }
}
