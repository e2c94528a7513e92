import Foundation
import Needletail
import TestSupport
import Testing

@Suite(.enabled(if: SmallModel.isUsable, "libCTorch is not there"))
struct ModelCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try SmallModel.write(to: folder)
    for name in ["t5", "openmatch-untied"] {
      let source = RealVectors.folder + "/models/" + name
      try FileManager.default.copyItem(atPath: source, toPath: folder.path(name))
    }
  }

  private func run(_ line: String) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" model " + line, in: folder)
  }

  @Test func infoTellsWhatIsThere() throws {
    let text = try run("info model")
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("layout"))
    #expect(text.output.contains("hugging-face"))
    let found = try run("info model --json").json()
    #expect(found["tied"] as? Bool == true)
    let encoder = try #require(found["encoder"] as? [String: Any])
    #expect(encoder["type"] as? String == "bert")
    #expect(encoder["hidden"] as? Int == 32)
    #expect(encoder["scaled"] as? Bool == false)
    let untied = try run("info openmatch-untied --json").json()
    #expect(untied["query_encoder"] != nil)
    #expect(untied["passage_encoder"] != nil)
  }

  @Test func aConvertedModelEncodesTheSame() throws {
    try folder.file("c.tsv", Array("1\tabc\tdef 12\n2\tx y z\t\n".utf8))
    let options = "--pooling mean --normalize"
    #expect(
      try run("convert --in model --to sentence-transformers --out st \(options)").code == 0
    )
    let noted = try run(
      "convert --in st --to openmatch --out om --query-max-len 8 --doc-template '<title> <text>'"
    )
    #expect(noted.code == 0, "\(noted.errors)")
    #expect(try run("info om --json").json()["layout"] as? String == "openmatch")
    var vectors: [Data] = []
    for model in ["model", "st", "om"] {
      let line =
        "\"$needle\" encode --device cpu --corpus c.tsv --doc-template '<title> <text>' "
        + "--passage-max-len 16 --model \(model) --out v-\(model)"
      let result = try NeedleCommand.shell(
        line + (model == "model" ? " \(options)" : ""),
        in: folder
      )
      #expect(result.code == 0, "\(result.errors)")
      let shard = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder.path("v-\(model)"))
          .first { $0.hasSuffix(".npy") }
      )
      vectors.append(try Data(contentsOf: URL(fileURLWithPath: folder.path("v-\(model)/\(shard)"))))
    }
    #expect(vectors[0] == vectors[1])
    #expect(vectors[0] == vectors[2])
  }

  @Test func whatALayoutCannotHoldIsAnError() throws {
    expectFailure(
      try run("convert --in openmatch-untied --to hf --out x"),
      .usage,
      "no place for two encoders",
      "use openmatch"
    )
    let bare = try run("convert --in model --to hf --out bare --doc-template '<text>'")
    #expect(bare.code == 0)
    #expect(bare.errors.contains("the template of passages is not stored"))
    expectFailure(
      try run("convert --in model --to hf --out bare"),
      .inputOutput,
      "is there already"
    )
    #expect(try !folder.names().contains("x"))
  }

  @Test func aT5IsScaledOnce() throws {
    let result = try run("scale-t5 --in t5 --out scaled")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("scaled: scaled; vectors differ by"))
    let found = try run("info scaled --json").json()
    #expect((found["encoder"] as? [String: Any])?["scaled"] as? Bool == true)
    expectFailure(try run("scale-t5 --in scaled --out again"), .usage, "is scaled already")
    expectFailure(
      try run("scale-t5 --in t5 --out again --num-layers 99"),
      .usage,
      "--num-layers 99",
      "layers"
    )
    expectFailure(try run("scale-t5 --in model --out again"), .usage, "only T5 models")
    #expect(try !folder.names().contains("again"))
  }

  @Test func modelsAreAveraged() throws {
    let options = "--pooling mean --normalize"
    #expect(try run("convert --in model --to openmatch --out one \(options)").code == 0)
    let mean = try run("average one one --weights 1,3 --out mean")
    #expect(mean.code == 0, "\(mean.errors)")
    #expect(mean.output == "mean: the average of 2 models\n")
    #expect(try run("info mean --json").json()["layout"] as? String == "openmatch")
    let line = "\"$needle\" encode --device cpu --corpus c.tsv --out v --model mean"
    try folder.file("c.tsv", Array("1\tabc\tdef 12\n".utf8))
    #expect(try NeedleCommand.shell(line, in: folder).code == 0)

    expectFailure(try run("average one --out x"), .usage, "one model has no average")
    for weights in ["1", "1,2,3", "1,x", "0,0", "-1,2", "nan,1", "1e308,1e308"] {
      expectFailure(
        try run("average one one --weights=\(weights) --out x"),
        .usage,
        "--weights \(weights) is not allowed",
        "for each of the 2 models"
      )
    }
    expectFailure(try run("average one t5 --out x"), .usage, "has another transformer than one")
    expectFailure(try run("average one two --out x"), .missingInput, "no such folder")
    expectFailure(try run("average one one --out mean"), .inputOutput, "is there already")
    #expect(try !folder.names().contains("x"))
  }
}
