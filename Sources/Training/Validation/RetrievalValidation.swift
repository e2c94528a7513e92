internal import Encoding
public import Retrieval
internal import Torch
public import TrainingData
internal import VectorCore

/// Retrieval from a small index of passages, as a measure of a model while it is trained.
///
/// The loss of a few candidates says little about the ranking of millions (OpenMatch's document says
/// so itself). Here the queries of held-out records search among their own passages, negatives
/// included, and others; so the measures move as those of the whole corpus do, for a small part of
/// its cost.
public struct RetrievalValidation: Sendable {
  /// The measures, in the order of the values.
  public let measures: [Measure]
  /// How many passages are searched.
  public var passageCount: Int { passages.count }
  /// How many queries search.
  public var queryCount: Int { queries.count }

  private let queries: [[Int32]]
  private let queryKeys: [String]
  private let passages: [[Int32]]
  private let passageKeys: [String]
  private let qrels: Qrels

  /// Hits that are looked at for each query.
  private static let depth = 100
  /// Texts that are encoded by one call.
  private static let textsPerCall = 4096
  /// Queries that are compared with all passages at once.
  private static let queriesPerProduct = 256

  /// The measures that are taken where none are named.
  public static let standardMeasures = ["mrr.10", "recall.100", "ndcg_cut.10"]

  /// Chooses the passages of the index.
  ///
  /// - Parameters:
  ///   - set: records whose queries search; all their passages are in the index.
  ///   - others: records whose passages fill the index up.
  ///   - wanted: how many passages the index is to have; those of `set` are in it even where they
  ///     are more.
  ///   - seed: fixes which of `others` are taken.
  ///   - measures: what is measured, at most 100 deep.
  ///   - wrapQuery: makes of stored tokens what the model gets.
  ///   - wrapPassage: as for queries.
  /// - Throws: what the sets throw.
  public init(
    _ set: any TrainingSet,
    filledFrom others: any TrainingSet,
    passages wanted: Int,
    seed: UInt64,
    measures: [Measure],
    wrapQuery: BatchBuilder.Wrapping,
    wrapPassage: BatchBuilder.Wrapping
  ) throws {
    self.measures = measures
    var queries: [[Int32]] = []
    var queryKeys: [String] = []
    var judgments: [(query: String, documents: [(id: String, grade: Int32)])] = []
    var collected = Passages()
    for index in 0..<set.count {
      let example = try set.example(at: index)
      queries.append(try wrapQuery(set.queryTokens(of: example.query)))
      // A query may have several records.
      queryKeys.append("\(index) \(example.query.key)")
      for text in example.positives + example.negatives {
        try collected.add(text, of: set, wrapPassage)
      }
      let relevant = Set(example.positives.map(\.key)).sorted()
      judgments.append((queryKeys[index], relevant.map { ($0, 1) }))
    }
    for index in seededShuffle(of: others.count, seed: seed) {
      guard collected.count < wanted else { break }
      let example = try others.example(at: Int(index))
      for text in example.positives + example.negatives where collected.count < wanted {
        try collected.add(text, of: others, wrapPassage)
      }
    }
    self.queries = queries
    self.queryKeys = queryKeys
    passages = collected.tokens
    passageKeys = collected.keys
    qrels = Qrels(judgments, name: "the validation records")
  }

  /// Encodes all texts, searches, and measures.
  ///
  /// - Parameters:
  ///   - retriever: the model.
  ///   - ranks: each encodes its share; all get the same values.
  /// - Returns: a value for each of ``measures``.
  /// - Throws: `TorchError`; `EncodingError` for vectors that are not finite.
  func measure(_ retriever: Retriever, ranks: Ranks) throws -> [Double] {
    let corpus = try vectors(of: passages, retriever.passage, ranks)
    let asked = try vectors(of: queries, retriever.query, ranks)
    let depth = min(Self.depth, passages.count)
    var rankings: [(query: String, documents: [(id: String, score: Float)])] = []
    for start in stride(from: 0, to: queries.count, by: Self.queriesPerProduct) {
      let count = min(Self.queriesPerProduct, queries.count - start)
      let (scores, rows) = try withInference {
        let best = try asked.narrow(0, start: start, length: count)
          .matmul(corpus.transpose(0, 1)).topK(depth)
        return (try best.values.array() as [Float], try best.indexes.array() as [Int64])
      }
      for row in 0..<count {
        let hits = (row * depth..<(row + 1) * depth).map { place in
          (id: passageKeys[Int(rows[place])], score: scores[place])
        }
        rankings.append((queryKeys[start + row], hits))
      }
    }
    let evaluation = try Evaluation(
      of: Run(rankings, name: "the validation"),
      by: qrels,
      measures: measures
    )
    return measures.indices.map { evaluation.overall($0) }
  }

  /// The vectors of texts, `[texts, dimension]`, of which each rank encodes a part.
  private func vectors(
    of texts: [[Int32]],
    _ model: TextModel,
    _ ranks: Ranks
  ) throws -> Tensor {
    // Parts of one size, so that ranks can exchange them; the last text fills the last part up.
    let part = (texts.count + ranks.count - 1) / ranks.count
    let own = (ranks.rank * part..<(ranks.rank + 1) * part).map { texts[min($0, texts.count - 1)] }
    var values: [Float] = []
    for start in stride(from: 0, to: own.count, by: Self.textsPerCall) {
      let end = min(start + Self.textsPerCall, own.count)
      values += try model.encode(TokenBatch(Array(own[start..<end])))
    }
    return try withInference {
      let mine = try Tensor(values, shape: [part, model.dimension], device: model.device)
      let all = try ranks.gather(vectors: mine)
      return try all.narrow(0, start: 0, length: texts.count)
    }
  }
}

/// Passages of an index, each once.
private struct Passages {
  private(set) var keys: [String] = []
  private(set) var tokens: [[Int32]] = []
  private var known: Set<String> = []

  var count: Int { keys.count }

  mutating func add(
    _ text: TrainingText,
    of set: any TrainingSet,
    _ wrap: BatchBuilder.Wrapping
  ) throws {
    guard known.insert(text.key).inserted else { return }
    keys.append(text.key)
    tokens.append(try wrap(set.passageTokens(of: text)))
  }
}
