import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct HelpTests {
  static let commands: [[String]] = [
    [], ["index"], ["index", "build"], ["index", "info"], ["index", "verify"], ["index", "add"],
    ["index", "update"], ["index", "delete"], ["index", "compact"], ["index", "merge"], ["search"],
    ["encode"], ["knn"], ["ground-truth"], ["bench"], ["backends"], ["evaluate"], ["compare"],
    ["model"], ["model", "info"], ["model", "convert"], ["model", "average"],
    ["model", "scale-t5"], ["prepare"],
    ["prepare", "corpus"], ["prepare", "negatives"], ["prepare", "pairs"], ["prepare", "train"],
    ["prepare", "split"],
    ["hard-negatives"], ["train"], ["pipeline"],
  ]

  @Test(arguments: commands)
  func helpFitsATerminalAndSaysHow(_ command: [String]) throws {
    let folder = try TemporaryFolder()
    let line = (["\"$needle\""] + command + ["--help"]).joined(separator: " ")
    let result = try NeedleCommand.shell(line, in: folder)
    #expect(result.code == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.contains("USAGE: " + (["needle"] + command).joined(separator: " ")))
    let overview = result.output.components(separatedBy: "USAGE:")[0]
    #expect(overview.split(separator: "\n").allSatisfy { $0.count <= 80 })
    if ![["index"], ["model"], ["prepare"]].contains(command) {
      #expect(overview.contains("  needle "))
    }
  }

  @Test(arguments: commands)
  func everyOptionIsExplained(_ command: [String]) throws {
    let folder = try TemporaryFolder()
    let line = (["\"$needle\""] + command + ["--help"]).joined(separator: " ")
    let result = try NeedleCommand.shell(line, in: folder)
    let options = result.output.components(separatedBy: "OPTIONS:").last ?? ""
    let lines = options.components(separatedBy: "\n")
    for (place, line) in lines.enumerated() where line.hasPrefix("  --") {
      let explained =
        line.dropFirst(2).contains("  ")
        || (place + 1 < lines.count && lines[place + 1].hasPrefix("        "))
      #expect(explained, "\(line)")
    }
  }

  @Test func versionIsTheLibrarys() throws {
    let result = try NeedleCommand.run("--version")
    #expect(result.code == 0)
    #expect(result.output == needletailVersion + "\n")
  }

  @Test func backendsListsEveryParameter() throws {
    let result = try NeedleCommand.run("backends")
    #expect(result.code == 0)
    for backend in backends {
      #expect(result.output.contains("\(backend.name)\n  \(backend.summary)"))
      for parameter in backend.buildParameters + backend.searchParameters {
        #expect(result.output.contains("\(parameter.name)=\(parameter.defaultValue)  ("))
        #expect(result.output.contains(parameter.summary))
      }
    }
  }

  @Test func backendsAsJSON() throws {
    let result = try NeedleCommand.run("backends", "hnsw", "--json")
    let parsed = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let list = try #require(parsed as? [[String: Any]])
    #expect(list.map { $0["name"] as? String } == ["hnsw"])
    let parameters = try #require(list[0]["build_parameters"] as? [[String: Any]])
    #expect(parameters.contains { $0["name"] as? String == "M" && $0["default"] as? Int == 0 })
  }

  @Test func wrongArgumentsPointAtTheHelp() throws {
    expectFailure(try NeedleCommand.run("--nonsense"), .usage, "--nonsense", "see 'needle help'")
    expectFailure(
      try NeedleCommand.run("index", "biuld"),
      .usage,
      "biuld",
      "see 'needle help index'"
    )
    expectFailure(try NeedleCommand.run("search"), .usage, "--index", "see 'needle help search'")
    expectFailure(try NeedleCommand.run("backends", "hsnw"), .usage, "no backend 'hsnw'", "hnsw")
    expectFailure(
      try NeedleCommand.run("search", "--index", "a", "--queries", "b", "--out", "c", "--k", "ten"),
      .usage,
      "ten"
    )
    expectFailure(
      try NeedleCommand.run(
        "index",
        "build",
        "--vectors",
        "a",
        "--backend",
        "flat",
        "--out",
        "b",
        "--threads",
        "0"
      ),
      .usage,
      "--threads 0"
    )
    expectFailure(
      try NeedleCommand.run(
        "index",
        "build",
        "--vectors",
        "a",
        "--backend",
        "flat",
        "--out",
        "b",
        "--metric",
        "l1"
      ),
      .usage,
      "l1"
    )
  }
}
