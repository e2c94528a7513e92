import Encoding
import Foundation
import TestSupport
import Torch
import Training
import TrainingData

/// Whether libCTorch can be opened here; tests of what it computes are skipped otherwise.
let hasTorch = (try? TorchLibrary.shared()) != nil

/// Values that PyTorch computed: see `Tests/Data/training/make.py`.
enum Reference {
  static let folder = RealVectors.folder + "/training"

  static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
    return try JSONDecoder().decode(type, from: data)
  }

  /// Sum, sum of squares, and the first values of a tensor.
  struct Summary: Decodable {
    let sum: Double
    let squares: Double
    let first: [Double]

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      sum = try values.decode(Double.self)
      squares = try values.decode(Double.self)
      first = try values.decode([Double].self)
    }

    init(of tensor: Tensor) throws {
      let values: [Float] = try tensor.detached().to(.float32).array()
      sum = values.reduce(0) { $0 + Double($1) }
      squares = values.reduce(0) { $0 + Double($1) * Double($1) }
      first = values.prefix(8).map { Double($0) }
    }

    /// How far the values are apart, relative to `scale`.
    func distance(to other: Summary, scale: Double) -> Double {
      let firsts = zip(first, other.first).map { abs($0 - $1) }
      let norms = abs(squares.squareRoot() - other.squares.squareRoot())
      return ([norms] + firsts).reduce(0, max) / scale
    }
  }

  struct Batch: Decodable {
    let n: Int
    let queries: [[Int32]]
    let passages: [[Int32]]
    let queryKeys: [String]
    let passageKeys: [String]
    let positives: [[String]]
    let teacher: [[Float]]?

    enum CodingKeys: String, CodingKey {
      case n, queries, passages, positives, teacher
      case queryKeys = "query_keys"
      case passageKeys = "passage_keys"
    }

    var batch: TrainingBatch {
      TrainingBatch(
        epoch: 0,
        step: 0,
        records: Array(queries.indices),
        passagesPerQuery: n,
        queries: queries,
        passages: passages,
        queryKeys: queryKeys,
        passageKeys: passageKeys,
        positiveKeys: positives.map { Set($0) },
        teacherScores: teacher?.flatMap { $0 }
      )
    }
  }

  struct Loss: Decodable {
    let name: String
    let kind: String
    let temperature: Double?
    let teacherTemperature: Double?
    let reduction: String?
    let masked: [[Int]]?
    let loss: Double
    let norm: Double
    let gradients: [String: Summary]
    let full: [String: [Double]]

    enum CodingKeys: String, CodingKey {
      case name, kind, temperature, reduction, masked, loss, norm, gradients, full
      case teacherTemperature = "teacher_temperature"
    }

    /// Our objective; `nil` where only known positives are masked, which ours never does alone.
    var objective: Objective? {
      if let masked, masked.count == 2 { return nil }
      var objective = Objective()
      objective.kind = Objective.Kind(rawValue: kind) ?? .contrastive
      objective.temperature = temperature ?? 1
      objective.teacherTemperature = teacherTemperature ?? 1
      objective.masks = masked != nil
      return objective
    }
  }

  struct Model: Decodable {
    let model: String
    let pooling: String
    let normalize: Bool
    let batch: Batch
    let losses: [Loss]

    func retriever() throws -> Retriever {
      try Reference.retriever(model, pooling: pooling, normalize: normalize)
    }
  }

  static func retriever(_ model: String, pooling: String, normalize: Bool) throws -> Retriever {
    let path = folder + "/" + model
    var options = ModelOptions()
    if !FileManager.default.fileExists(atPath: path + "/openmatch_config.json"),
      !FileManager.default.fileExists(atPath: path + "/modules.json")
    {
      options.pooling = Pooling(rawValue: pooling)
      options.normalize = normalize
    }
    return try Retriever(ModelDirectory.open(path, options: options), device: .cpu)
  }
}
