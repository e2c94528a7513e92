import Foundation
import TestSupport
import Testing
import VectorCore

@testable import Encoding

/// What is read of model folders, and how damaged and contradictory ones are refused.
@Suite("Model folders")
struct ModelDirectoryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Hugging Face's layout leaves pooling and normalization to the caller")
  func huggingFace() throws {
    let bert = try ModelDirectory.open(ReferenceModel.bert.path)
    #expect(bert.layout == .huggingFace)
    #expect(bert.isTied)
    #expect(bert.passage.modelType == "bert")
    #expect(bert.passage.dimension == 32)
    #expect(bert.passage.maxLength == 40)
    #expect(bert.passage.pooling == .first)
    #expect(!bert.passage.normalize)
    var options = ModelOptions()
    options.pooling = .mean
    options.normalize = true
    options.queryMaxLength = 16
    let asked = try ModelDirectory.open(ReferenceModel.bert.path, options: options)
    #expect(asked.query.pooling == .mean)
    #expect(asked.query.normalize)
    #expect(asked.query.maxLength == 16)
    #expect(asked.passage.maxLength == 40)
  }

  @Test("RoBERTa's positions begin behind its padding token")
  func roberta() throws {
    #expect(try ModelDirectory.open(ReferenceModel.roberta.path).query.maxLength == 38)
  }

  @Test("T5's decoder represents unless the encoder is asked for")
  func t5() throws {
    let decoder = try ModelDirectory.open(ReferenceModel.t5.path)
    #expect(decoder.passage.pooling == nil)
    #expect(decoder.passage.maxLength == 512)
    var options = ModelOptions()
    options.encoderOnly = true
    let encoder = try ModelDirectory.open(ReferenceModel.t5.path, options: options)
    #expect(encoder.passage.pooling == .first)
    #expect(try encoder.fingerprint(of: .query) != decoder.fingerprint(of: .query))
  }

  @Test("sentence-transformers' steps, length and prompts are read")
  func sentenceTransformers() throws {
    let model = try ModelDirectory.open(ReferenceModel.sentenceTransformers.path)
    #expect(model.layout == .sentenceTransformers)
    #expect(model.query.pooling == .mean)
    #expect(model.query.normalize)
    #expect(model.query.maxLength == 32)
    #expect(model.query.dimension == 20)
    #expect(model.query.prompt == "query: ")
    #expect(model.passage.prompt == "passage: ")
  }

  @Test("the newer form of a pooling's configuration is read", arguments: ["\"cls\"", "[\"cls\"]"])
  func newPooling(mode: String) throws {
    let path = try ReferenceModel.sentenceTransformers.copy(into: folder)
    try write("1_Pooling/config.json", in: path, #"{"pooling_mode": \#(mode)}"#)
    #expect(try ModelDirectory.open(path).query.pooling == .first)
  }

  @Test("OpenMatch's tied and untied folders are read")
  func openMatch() throws {
    let tied = try ModelDirectory.open(ReferenceModel.openMatchTied.path)
    #expect(tied.layout == .openMatch)
    #expect(tied.isTied)
    #expect(tied.query.dimension == 16)
    #expect(try tied.fingerprint(of: .query) == tied.fingerprint(of: .passage))
    let untied = try ModelDirectory.open(ReferenceModel.openMatchUntied.path)
    #expect(!untied.isTied)
    #expect(untied.query.folder.hasSuffix("/query_model"))
    #expect(untied.passage.folder.hasSuffix("/passage_model"))
    #expect(untied.query.pooling == nil)
    #expect(try untied.fingerprint(of: .query) != untied.fingerprint(of: .passage))
  }

  @Test("an untied folder with one class for both sides is read as well")
  func untiedWithOneClass() throws {
    let path = try ReferenceModel.openMatchUntied.copy(into: folder)
    let text = #"{"tied": false, "plm_backbone": {"type": "T5EncoderModel"}, "pooling": "mean"}"#
    try write("openmatch_config.json", in: path, text)
    let model = try ModelDirectory.open(path)
    #expect(model.query.pooling == .mean)
    #expect(model.query.dimension == 32)
  }

  @Test("lengths and templates stored beside OpenMatch's fields are used")
  func storedLengths() throws {
    let path = try ReferenceModel.openMatchTied.copy(into: folder)
    let text = #"""
      {"tied": true, "plm_backbone": {"type": "BertModel", "feature": "last_hidden_state"},
       "pooling": "last", "linear_head": false, "normalize": false, "q_max_len": 8,
       "p_max_len": 24, "doc_template": "Title: <title> Text: <text>"}
      """#
    try write("openmatch_config.json", in: path, text)
    let model = try ModelDirectory.open(path)
    #expect(model.query.maxLength == 8)
    #expect(model.passage.maxLength == 24)
    #expect(model.passage.template == "Title: <title> Text: <text>")
    #expect(model.query.template == nil)
    #expect(model.passage.dimension == 32)
  }

  @Test("what contradicts the folder is refused")
  func contradictions() throws {
    var pooling = ModelOptions()
    pooling.pooling = .mean
    var plain = ModelOptions()
    plain.normalize = false
    var decoder = ModelOptions()
    decoder.encoderOnly = false
    var long = ModelOptions()
    long.passageMaxLength = 41
    let cases: [(ReferenceModel, ModelOptions)] = [
      (.openMatchTied, pooling), (.openMatchTied, plain), (.sentenceTransformers, decoder),
      (.bert, decoder), (.bert, long), (.t5, pooling),
    ]
    for (model, options) in cases {
      let error = #expect(throws: FileError.self, "\(model)") {
        try ModelDirectory.open(model.path, options: options)
      }
      #expect(error?.kind == .usage)
      #expect(error?.remedy != nil)
    }
  }

  @Test("a folder that lacks a file names it")
  func missing() throws {
    let nowhere = #expect(throws: FileError.self) { try ModelDirectory.open(folder.path("none")) }
    #expect(nowhere?.kind == .missingInput)
    let empty = #expect(throws: FileError.self) { try ModelDirectory.open(folder.path) }
    #expect(empty?.reason.contains("config.json") == true)
    let cases: [(ReferenceModel, String)] = [
      (.sentenceTransformers, "1_Pooling/config.json"), (.sentenceTransformers, "config.json"),
      (.sentenceTransformers, "2_Dense/config.json"), (.openMatchTied, "head_config.json"),
      (.openMatchUntied, "query_model/config.json"), (.openMatchUntied, "query_head"),
    ]
    for (index, (model, name)) in cases.enumerated() {
      let own = try TemporaryFolder()
      let path = try model.copy(into: own)
      try FileManager.default.removeItem(atPath: path + "/" + name)
      let error = #expect(throws: FileError.self, "\(index)") { try ModelDirectory.open(path) }
      #expect(error?.path.contains("/" + name) == true)
      #expect(error?.kind == .missingInput)
    }
  }

  @Test(
    "configurations that are not supported name the key",
    arguments: [
      (#"{"model_type": "gpt2"}"#, "model_type"), (#"{}"#, "model_type"),
      (#"{"model_type": 7}"#, "model_type"), (#"{"model_type": "bert"}"#, "vocab_size"),
      (bert(#""hidden_act": "swish""#), "hidden_act"),
      (bert(#""position_embedding_type": "relative_key""#), "position_embedding_type"),
      (bert(#""layer_norm_eps": -1"#), "layer_norm_eps"),
      (bert(#""type_vocab_size": -2"#), "type_vocab_size"),
      (bert("", heads: 5), "num_attention_heads"), (bert("", heads: 0), "num_attention_heads"),
      (bert("", heads: Int.max), "num_attention_heads"),
      (#"{"model_type": "t5", "vocab_size": 100}"#, "d_model"),
    ]
  )
  func unsupported(text: String, key: String) throws {
    try folder.file("config.json", Array(text.utf8))
    let error = #expect(throws: FileError.self) { try ModelDirectory.open(folder.path) }
    #expect(error?.place == key, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test("steps that are not supported are named")
  func steps() throws {
    let path = try ReferenceModel.sentenceTransformers.copy(into: folder)
    let both = #"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#
    try write("1_Pooling/config.json", in: path, both)
    let several = #expect(throws: FileError.self) { try ModelDirectory.open(path) }
    #expect(several?.reason.contains("cls and mean") == true)
    let text = #"[{"path": "", "type": "Transformer"}, {"path": "x", "type": "models.CNN"}]"#
    try write("modules.json", in: path, text)
    let unknown = #expect(throws: FileError.self) { try ModelDirectory.open(path) }
    #expect(unknown?.reason.contains("models.CNN") == true)
  }

  @Test("a re-ranker is no encoder")
  func reranker() throws {
    let text = #"{"plm_backbone": {}, "pooling": "first", "pos_token": "yes", "neg_token": "no"}"#
    try folder.file("openmatch_config.json", Array(text.utf8))
    let error = #expect(throws: FileError.self) { try ModelDirectory.open(folder.path) }
    #expect(error?.reason.contains("re-ranker") == true)
  }

  @Test("a linear layer must fit the transformer")
  func layerSizes() throws {
    let path = try ReferenceModel.openMatchTied.copy(into: folder)
    try write("head_config.json", in: path, #"{"input_dim": 64, "output_dim": 16}"#)
    let error = #expect(throws: FileError.self) { try ModelDirectory.open(path) }
    #expect(error?.path.hasSuffix("head_config.json") == true)
    #expect(error?.reason.contains("64") == true)
  }

  @Test("changed bytes of configurations give an error or a model")
  func flipped() throws {
    let path = try ReferenceModel.sentenceTransformers.copy(into: folder)
    var generator = SplitMix64(seed: 21)
    for name in ["config.json", "modules.json", "1_Pooling/config.json", "2_Dense/config.json"] {
      let bytes = try folder.bytes("sentence-transformers/" + name)
      for _ in 0..<300 {
        var changed = bytes
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        changed[index] = UInt8.random(in: 0...255, using: &generator)
        try folder.file("sentence-transformers/" + name, changed)
        do { _ = try ModelDirectory.open(path) } catch { #expect(error is FileError) }
      }
      try folder.file("sentence-transformers/" + name, bytes)
    }
    #expect(try ModelDirectory.open(path).query.dimension == 20, "the files are as they were")
  }

  private static func bert(_ more: String, heads: Int = 4) -> String {
    #"{"model_type": "bert", "vocab_size": 10, "hidden_size": 8, "num_hidden_layers": 1, "#
      + #""num_attention_heads": \#(heads), "intermediate_size": 8, "#
      + #""max_position_embeddings": 8\#(more.isEmpty ? "" : ", " + more)}"#
  }

  private func write(_ name: String, in path: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
  }
}
