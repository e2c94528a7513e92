import Foundation
import Testing

/// What comments must and must not say.
@Suite struct CommentTests {
  @Test func nothingIsLeftForLater() throws {
    let found = try lines { $0.contains("TODO") || $0.contains("FIXME") || $0.contains("XXX") }
    #expect(found.isEmpty, "do it now, or open an issue: \(found)")
  }

  @Test func noPathsOfOneMachine() throws {
    let folders = ["work", "home", "root", "Users"].map { "/" + $0 + "/" }
    let found = try lines { line in folders.contains { line.contains($0) } }
    #expect(found.isEmpty, "paths start at the package or come from the user: \(found)")
  }

  @Test func uncheckedSendableHasAReason() throws {
    var found: [String] = []
    for file in try SourceTree.sources() {
      for (number, text) in file.code where text.contains("@unchecked Sendable") {
        let near = file.lines[max(0, number - 4)..<min(file.lines.count, number + 1)]
        if !near.contains(where: { $0.contains("@unchecked Sendable because") }) {
          found.append("\(file.path):\(number)")
        }
      }
    }
    #expect(found.isEmpty, "say '// @unchecked Sendable because …' beside it: \(found)")
  }

  @Test func noCodeIsCommentedOut() throws {
    let found = try SourceTree.sources().flatMap { file in
      file.lines.enumerated()
        .filter { $0.element.contains(/^\s*\/\/ (let|var|func|return|guard|if|for) .*[{;)=]$/) }
        .map { "\(file.path):\($0.offset + 1): \($0.element)" }
    }
    #expect(found.isEmpty, "\(found)")
  }

  @Test func filesEndInOneLineBreak() throws {
    let found = try SourceTree.everything().filter { file in
      file.lines.last != "" || file.lines.dropLast().last == ""
    }
    #expect(found.isEmpty, "\(found.map(\.path))")
  }

  @Test func theReadmeShowsTheExampleThatIsTested() throws {
    let readme = try String(contentsOfFile: SourceTree.root + "/README.md", encoding: .utf8)
    let path = SourceTree.root + "/docs/example/Sources/Example/main.swift"
    let example = try String(contentsOfFile: path, encoding: .utf8)
    #expect(readme.contains("```swift\n" + example + "```"))
  }

  @Test func linksInDocumentsLead() throws {
    for file in try SourceTree.everything() where file.path.hasSuffix(".md") {
      let folder =
        SourceTree.root + "/"
        + file.path.split(separator: "/").dropLast()
        .joined(separator: "/")
      for link in file.lines.joined(separator: "\n").matches(of: /\]\(([^)#:]+)\)/) {
        let target = folder + "/" + link.output.1
        #expect(FileManager.default.fileExists(atPath: target), "\(file.path): \(link.output.1)")
      }
    }
  }

  private func lines(_ isBad: (String) -> Bool) throws -> [String] {
    try SourceTree.everything()
      .filter { !$0.path.hasPrefix("Tests/TidyTests/") }
      .flatMap { file in
        file.lines.enumerated()
          .filter { isBad($0.element) }
          .map { "\(file.path):\($0.offset + 1)" }
      }
  }
}
