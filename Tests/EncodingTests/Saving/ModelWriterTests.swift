import Foundation
import TestSupport
import Testing
import Torch
import VectorCore

@testable import Encoding

/// Models that were written give the vectors that they gave before, in every layout that can hold
/// them.
@Suite("Writing models", .enabled(if: hasTorch, "libCTorch is not there"))
struct ModelWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func vectors(_ directory: ModelDirectory, _ side: TextSide = .passage) throws -> [Float] {
    let ids: [[Int32]] = [[2, 17, 5, 9, 3], [7, 3], [11, 12, 13, 14, 15, 16, 17, 18, 3]]
    return try TextModel(directory, side: side).encode(TokenBatch(ids))
  }

  /// Options that every combination of settings is made of.
  static let options: [(ReferenceModel, Pooling?, Bool?, Bool?)] = {
    var all: [(ReferenceModel, Pooling?, Bool?, Bool?)] = []
    for model in [ReferenceModel.bert, .bertOld, .roberta, .distilBERT] {
      for pooling in Pooling.allCases {
        for normalize in [false, true] { all.append((model, pooling, normalize, nil)) }
      }
    }
    for model in [ReferenceModel.t5, .t5Gated] {
      for normalize in [false, true] {
        all.append((model, nil, normalize, false))
        for pooling in Pooling.allCases { all.append((model, pooling, normalize, true)) }
      }
    }
    return all
  }()

  @Test("every setting comes back", arguments: options, [false, true])
  func settings(
    of combination: (ReferenceModel, Pooling?, Bool?, Bool?),
    hasHead: Bool
  ) throws {
    let (model, pooling, normalize, encoderOnly) = combination
    var options = ModelOptions()
    options.pooling = pooling
    options.normalize = normalize
    options.encoderOnly = encoderOnly
    options.queryMaxLength = 9
    options.passageMaxLength = 11
    if hasHead { options.addedHead = ModelOptions.AddedHead(inputs: 32, outputs: 7, seed: 3) }
    let source = try ModelDirectory.open(model.path, options: options)
    for isTied in [true, false] {
      var writer = ModelWriter(source)
      writer.properties.isTied = isTied
      writer.properties.query.template = "Q: <text>"
      writer.properties.passage.template = "\\<a> <title>: <text>"
      let path = folder.path("tied-\(isTied)")
      #expect(try writer.write(to: path, as: .openMatch).isEmpty)
      let found = try ModelDirectory.open(path)
      #expect(found.layout == .openMatch)
      #expect(ModelProperties(of: found) == writer.properties)
      for side in TextSide.allCases {
        #expect(try vectors(found, side) == vectors(source, side))
      }
    }
  }

  @Test(
    "layouts turn into each other",
    arguments: [ReferenceModel.openMatchTied, .openMatchUntied]
  )
  func openMatch(model: ReferenceModel) throws {
    let source = try ModelDirectory.open(model.path)
    let path = folder.path("copy")
    try ModelWriter(source).write(to: path, as: .openMatch)
    let copy = try ModelDirectory.open(path)
    #expect(ModelProperties(of: copy) == ModelProperties(of: source))
    for side in TextSide.allCases {
      #expect(try vectors(copy, side) == vectors(source, side))
    }
    guard source.isTied else {
      let error = #expect(throws: FileError.self) {
        try ModelWriter(source).write(to: folder.path("st"), as: .sentenceTransformers)
      }
      #expect(error?.kind == .usage)
      #expect(try folder.names() == ["copy"])
      return
    }
    let other = folder.path("st")
    #expect(try ModelWriter(copy).write(to: other, as: .sentenceTransformers).isEmpty)
    let turned = try ModelDirectory.open(other)
    #expect(turned.layout == .sentenceTransformers)
    #expect(try vectors(turned) == vectors(source))
    #expect(turned.passage.normalize == source.passage.normalize)
  }

  @Test("prompts, lengths and layers of sentence-transformers stay")
  func sentenceTransformers() throws {
    let source = try ModelDirectory.open(ReferenceModel.sentenceTransformers.path)
    let path = folder.path("copy")
    try ModelWriter(source).write(to: path, as: .sentenceTransformers)
    let copy = try ModelDirectory.open(path)
    #expect(ModelProperties(of: copy) == ModelProperties(of: source))
    #expect(try vectors(copy) == vectors(source))
    // Its layer has a bias and a function, and its prompts have no template.
    for layout in [ModelDirectory.Layout.openMatch, .huggingFace] {
      let error = #expect(throws: FileError.self) {
        try ModelWriter(source).write(to: folder.path("no"), as: layout)
      }
      #expect(error?.reason.contains("has no place for") == true)
    }
    #expect(try folder.names() == ["copy"])
  }

  @Test("the bare model says what it leaves out")
  func huggingFace() throws {
    var options = ModelOptions()
    options.pooling = .mean
    options.normalize = true
    let source = try ModelDirectory.open(ReferenceModel.bertOld.path, options: options)
    let path = folder.path("bare")
    let notes = try ModelWriter(source).write(to: path, as: .huggingFace)
    #expect(notes.count == 3)
    #expect(notes.first == "pooling is not stored: mean")
    let found = try ModelDirectory.open(path, options: options)
    #expect(try vectors(found) == vectors(source))
    // The names are those of today, without those of the model around it.
    let names = Set(try Weights.open(folder: path).names)
    #expect(names.contains("embeddings.LayerNorm.weight"))
    #expect(!names.contains { $0.hasPrefix("bert.") || $0.contains("gamma") })
  }

  @Test("changed weights take the place of stored ones", arguments: [false, true])
  func changes(isTied: Bool) throws {
    var options = ModelOptions()
    options.addedHead = ModelOptions.AddedHead(inputs: 32, outputs: 5, seed: 1)
    let source = try ModelDirectory.open(ReferenceModel.t5.path, options: options)
    var writer = ModelWriter(source)
    writer.properties.isTied = isTied
    let sides = isTied ? [TextSide.passage] : TextSide.allCases
    let ids = TokenBatch([[3, 9, 1], [8, 7, 6, 1]])
    var expected: [TextSide: [Float]] = [:]
    for (place, side) in sides.enumerated() {
      let model = try TextModel(source, side: side, forTraining: true)
      try withoutGradients {
        for parameter in model.parameters {
          try parameter.tensor.scale(by: 1.0 + 0.01 * Double(place + 1))
        }
      }
      expected[side] = try model.encode(ids)
      writer.changes[side] = try WeightChanges(model.parameters)
    }
    let path = folder.path("trained")
    try writer.write(to: path, as: .openMatch)
    let found = try ModelDirectory.open(path)
    let before = try TextModel(source).encode(ids)
    for side in TextSide.allCases {
      let vectors = try TextModel(found, side: side).encode(ids)
      #expect(vectors == expected[isTied ? .passage : side])
      #expect(vectors != before)
    }
  }

  @Test("a folder appears whole, or not at all")
  func failures() throws {
    let model = try ReferenceModel.bert.copy(into: folder)
    let source = try ModelDirectory.open(model)
    let path = folder.path("new")
    try FileManager.default.removeItem(atPath: model + "/model.safetensors")
    #expect(throws: FileError.self) { try ModelWriter(source).write(to: path, as: .openMatch) }
    #expect(try folder.names() == ["bert"])
    let whole = try ModelDirectory.open(ReferenceModel.bert.path)
    let error = #expect(throws: FileError.self) {
      try ModelWriter(whole).write(to: model, as: .openMatch)
    }
    #expect(error?.reason == "is there already")
    #expect(throws: FileError.self) {
      try ModelWriter(whole).write(to: folder.path("no/where"), as: .openMatch)
    }
    // An empty folder is as good as none.
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try ModelWriter(whole).write(to: path + "/", as: .openMatch)
    #expect(try ModelDirectory.open(path).layout == .openMatch)
    #expect(try folder.names() == ["bert", "new"])
  }
}
