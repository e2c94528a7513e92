import TrainingData
import VectorCore

/// Records in memory; the tokens of a text are in the text.
struct MemoryTrainingSet: TrainingSet {
  var examples: [TrainingExample]
  /// The number of a record that cannot be read.
  var broken: Int?

  var count: Int { examples.count }
  var fingerprint: UInt64 { UInt64(examples.count) }

  func example(at index: Int) throws(FileError) -> TrainingExample {
    guard index != broken else {
      throw FileError(.badData, path: "records", place: "line \(index + 1)", reason: "is broken")
    }
    return examples[index]
  }

  func queryTokens(of text: TrainingText) -> [Int32] { tokens(of: text) }

  func passageTokens(of text: TrainingText) -> [Int32] { tokens(of: text) }

  private func tokens(of text: TrainingText) -> [Int32] {
    guard case .inline(let tokens) = text.place else { return [] }
    return tokens
  }

  /// Queries named as `q7`, with positives as `p7.0` and negatives as `n7.0`.
  static func numbered(
    _ count: Int,
    positives: Int = 2,
    negatives: Int = 10,
    scored: Bool = false
  ) -> MemoryTrainingSet {
    let examples = (0..<count).map { record in
      let ofPositives = (0..<positives).map { Float($0) + 0.5 }
      let ofNegatives = (0..<negatives).map { -Float($0) }
      return TrainingExample(
        query: .named("q\(record)", [Int32(record)]),
        positives: (0..<positives).map { .named("p\(record).\($0)", [Int32(record), Int32($0)]) },
        negatives: (0..<negatives).map {
          .named("n\(record).\($0)", [Int32(record), Int32($0), 9])
        },
        positiveScores: scored ? ofPositives : nil,
        negativeScores: scored ? ofNegatives : nil
      )
    }
    return MemoryTrainingSet(examples: examples)
  }
}

extension TrainingText {
  /// A text that holds its tokens.
  static func named(_ key: String, _ tokens: [Int32] = []) -> TrainingText {
    TrainingText(key: key, place: .inline(tokens))
  }
}
