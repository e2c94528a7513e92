import Foundation
import Needletail
import TestSupport
import Testing

/// Where results go: folders that are missing or full, inputs that must stay, streams that close.
@Suite struct OutputTests {
  @Test func aMissingFolderIsReportedBeforeTheWork() throws {
    let folder = try TemporaryFolder()
    // Reading this file would fail; so the folder was looked at first.
    var values = seededValues(count: 10, dimension: 4, seed: 1)
    values[3] = .nan
    let vectors = try folder.vectors("bad.npy", values, dimension: 4)
    let out = folder.path("missing/index")
    let result = try NeedleCommand.run(
      ["index", "build"],
      ["--vectors": vectors, "--backend": "flat", "--out": out]
    )
    expectFailure(result, .inputOutput, out, "create the folder first")
    let bench = try NeedleCommand.run(
      ["bench"],
      ["--vectors": vectors, "--hold-out": "3", "--k": "2", "--out": folder.path("missing/report")]
    )
    expectFailure(bench, .inputOutput, "missing/report")
    let truth = try NeedleCommand.run(
      ["ground-truth"],
      ["--vectors": vectors, "--queries": vectors, "--k": "2", "--out": out + ".ivecs"]
    )
    expectFailure(truth, .inputOutput, out)
  }

  @Test func aFolderThatMayNotBeWritten() throws {
    // Who may write everywhere cannot be refused.
    guard getuid() != 0 else { return }
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 10)
    let locked = folder.path("locked")
    try FileManager.default.createDirectory(
      atPath: locked,
      withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o500]
    )
    let result = try NeedleCommand.run(
      ["index", "build"],
      ["--vectors": vectors, "--backend": "flat", "--out": locked + "/index"]
    )
    expectFailure(result, .inputOutput, locked)
  }

  @Test func devicesAndFoldersAreNotReplaced() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 10)
    for out in ["/dev/null", folder.path, folder.path + "/"] {
      let result = try NeedleCommand.run(
        ["index", "build"],
        ["--vectors": vectors, "--backend": "flat", "--out": out]
      )
      #expect([64, 74].contains(result.code))
      #expect(result.failures.count == 1)
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
    #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test func inputsAreNotOverwritten() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 60)
    let index = try folder.index()
    let before = try folder.bytes("base.npy")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"),
      withDestinationPath: vectors
    )
    for out in [vectors, folder.path("link"), folder.path + "/./base.npy"] {
      let build = try NeedleCommand.run(
        ["index", "build"],
        ["--vectors": vectors, "--backend": "flat", "--out": out]
      )
      expectFailure(build, .usage, "--out", "--vectors")
      let search = try NeedleCommand.run(
        ["search"],
        ["--index": index, "--queries": vectors, "--out": out]
      )
      expectFailure(search, .usage, "--out", "--queries")
    }
    let over = try NeedleCommand.run(
      ["search"],
      ["--index": index, "--queries": vectors, "--out": index]
    )
    expectFailure(over, .usage, "--out", "--index")
    let twice = try NeedleCommand.run(
      ["ground-truth"],
      [
        "--vectors": vectors, "--queries": vectors, "--k": "3", "--out": folder.path("a.npy"),
        "--distances": folder.path("a.npy"),
      ]
    )
    expectFailure(twice, .usage, "--distances", "--out")
    #expect(try folder.bytes("base.npy") == before)
  }

  @Test func aFullDiskLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let line = """
      ulimit -f 100; "$needle" index build --vectors '\(RealVectors.base)' --backend flat --out index
      """
    expectFailure(try NeedleCommand.shell(line, in: folder), .inputOutput, "index", "cannot be")
    #expect(try folder.names().isEmpty)
  }

  @Test func anIndexIsReplacedWhole() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let vectors = try folder.vectors("base.npy", count: 10)
    let before = try folder.bytes("index")
    let options: KeyValuePairs = ["--vectors": vectors, "--backend": "hnsw", "--out": index]
    #expect(try NeedleCommand.run(["index", "build"], options).code == 0)
    #expect(try folder.bytes("index") != before)
    #expect(try openIndex(index).summary.backend == "hnsw")
  }

  @Test func aReaderThatGoesAwayIsNoError() throws {
    let folder = try TemporaryFolder()
    let result = try NeedleCommand.shell(
      #""$needle" backends | true; echo "${PIPESTATUS[0]}""#,
      in: folder
    )
    #expect(result.output == "0\n")
    #expect(result.errors.isEmpty)
    let help = try NeedleCommand.shell(
      #""$needle" bench --help | true; echo "${PIPESTATUS[0]}""#,
      in: folder
    )
    #expect(help.output == "0\n")
  }

  @Test func aStreamThatCannotBeWrittenIs() throws {
    let folder = try TemporaryFolder()
    for line in [#""$needle" backends > /dev/full"#, #""$needle" backends >&-"#] {
      let result = try NeedleCommand.shell(line, in: folder)
      expectFailure(result, .inputOutput, "standard output")
    }
  }
}
