import Foundation
import TestSupport

/// One file of the project, as lines.
struct SourceFile: Sendable {
  /// The path below the package's folder: `Sources/needle/Needle.swift`.
  let path: String
  let lines: [String]

  /// The lines that are code, with their numbers: comments are left out, and so is what stands
  /// between the quotes of a one-line string.
  var code: [(number: Int, text: String)] {
    var result: [(Int, String)] = []
    var inText = false
    for (place, line) in lines.enumerated() {
      let trimmed = line.drop { $0 == " " }
      let opensOrCloses = line.components(separatedBy: "\"\"\"").count - 1
      if !inText, opensOrCloses == 0, !trimmed.hasPrefix("//") {
        result.append((place + 1, Self.withoutStrings(line)))
      }
      if !opensOrCloses.isMultiple(of: 2) { inText.toggle() }
    }
    return result
  }

  private static func withoutStrings(_ line: String) -> String {
    var text = ""
    var inString = false
    var escaped = false
    var last: Character = " "
    for character in line {
      if inString {
        if !escaped, character == "\"" { inString = false }
        escaped = !escaped && character == "\\"
      } else if character == "\"" {
        inString = true
      } else if character == "/", last == "/" {
        return String(text.dropLast())
      } else {
        text.append(character)
      }
      last = character
    }
    return text
  }
}

/// The project's files.
enum SourceTree {
  /// The package's folder.
  static let root = String(RealVectors.folder.dropLast("/Tests/Data".count))

  /// The text files below some folders whose names end in one of `endings`.
  static func files(in folders: [String], endings: [String]) throws -> [SourceFile] {
    var result: [SourceFile] = []
    for folder in folders {
      let base = root + "/" + folder
      let names = FileManager.default.enumerator(atPath: base)
      while let name = names?.nextObject() as? String {
        guard endings.contains(where: { name.hasSuffix($0) }) else { continue }
        guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
        let text = try String(contentsOfFile: base + "/" + name, encoding: .utf8)
        result.append(
          SourceFile(path: folder + "/" + name, lines: text.components(separatedBy: "\n"))
        )
      }
    }
    return result.sorted { $0.path < $1.path }
  }

  /// The Swift files of the modules.
  static func sources() throws -> [SourceFile] {
    try files(in: ["Sources"], endings: [".swift"])
  }

  /// All code that people write, in whatever language.
  static func everything() throws -> [SourceFile] {
    try files(
      in: ["Sources", "CFaiss", "Tests", "Scripts", "docs", "Benchmarks"],
      endings: [".swift", ".c", ".h", ".cpp", ".hpp", ".md", ".sh", ".py"] + scripts
    ) + top()
  }

  /// How the names of scripts without an ending end.
  static let scripts = [
    "/demo", "/test", "/build-ctorch", "/check-arm64", "/check-kernels", "peak/run", "micro/run",
  ]

  /// The text files at the top.
  private static func top() throws -> [SourceFile] {
    let names = ["Package.swift", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", ".ci/run"]
    return try names.map { name in
      let text = try String(contentsOfFile: root + "/" + name, encoding: .utf8)
      return SourceFile(path: name, lines: text.components(separatedBy: "\n"))
    }
  }
}

/// The lines of code that match a pattern: `path:line: text`.
func matches(
  of pattern: String,
  in files: [SourceFile],
  where condition: (String) -> Bool = { _ in true }
) throws -> [String] {
  let regex = try Regex(pattern)
  return files.flatMap { file in
    file.code
      .filter { $0.text.contains(regex) && condition($0.text) }
      .map { "\(file.path):\($0.number): \($0.text.trimmingCharacters(in: .whitespaces))" }
  }
}
