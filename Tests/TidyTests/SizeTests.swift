import Testing

/// Files and functions stay short enough to be read at once.
@Suite struct SizeTests {
  static let fileLimit = 600
  static let functionLimit = 70

  @Test func filesAreShort() throws {
    let code = try SourceTree.files(
      in: ["Sources", "CFaiss", "Tests", "Scripts"],
      endings: [".swift", ".c", ".h", ".cpp", ".hpp", ".sh"] + SourceTree.scripts
    )
    let long = code.filter { $0.lines.count > Self.fileLimit }
    #expect(long.isEmpty, "\(long.map { "\($0.path): \($0.lines.count) lines" })")
  }

  @Test func functionsAreShort() throws {
    let long = try SourceTree.sources().flatMap { file in
      functions(of: file).filter { $0.length > Self.functionLimit }
        .map { "\(file.path):\($0.line): \($0.length) lines" }
    }
    #expect(long.isEmpty, "\(long)")
  }

  @Test func theMeasureSeesFunctions() {
    let body = Array(repeating: "    work()", count: 80)
    let lines = ["struct Sample {", "  func long() {"] + body + ["  }", "}"]
    let found = functions(of: SourceFile(path: "sample", lines: lines))
    #expect(found.map(\.length) == [82])
    #expect(found.map(\.line) == [2])
  }

  /// Functions with the number of their lines: the formatter puts the closing brace below the
  /// first letter of the declaration.
  private func functions(of file: SourceFile) -> [(line: Int, length: Int)] {
    var result: [(line: Int, length: Int)] = []
    let code = file.code
    for (place, start) in code.enumerated() {
      let words = start.text.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == "<" })
      let isFunction = words.contains("func") || words.contains("init") || words.first == "deinit"
      guard isFunction, !start.text.contains("}") else { continue }
      let indent = start.text.prefix { $0 == " " }
      let end = code[(place + 1)...].first { $0.text == indent + "}" }
      // A requirement of a protocol has no body: what follows it is no deeper.
      let next = code.dropFirst(place + 1).first { !$0.text.isEmpty }
      guard let end, let next, next.text.prefix(while: { $0 == " " }).count > indent.count else {
        continue
      }
      result.append((start.number, end.number - start.number + 1))
    }
    return result
  }
}
