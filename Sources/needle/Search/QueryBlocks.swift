internal import Encoding
internal import Needletail

/// Consecutive queries.
struct QueryBlock {
  /// Row-major.
  let values: [Float]
  /// Their names; `nil` stands for their numbers.
  let names: [String]?
}

/// Where the queries of a search come from, many at a time.
protocol QueryBlocks {
  /// What an error message calls them.
  var name: String { get }
  var count: Int { get }
  var dimension: Int { get }

  /// The next queries, as many as were agreed on but at the end; `nil` where there are none.
  mutating func next() throws -> QueryBlock?

  /// Seconds by phase so far, in their order.
  var phases: [(name: String, time: Duration)] { get }
}

/// Queries that are vectors already.
struct VectorBlocks: QueryBlocks {
  private let vectors: VectorSet
  private let names: [String]?
  private let size: Int
  private var first = 0
  private var readTime = Duration.zero

  /// Takes queries with their names, if they have any, `size` at a time.
  init(_ vectors: VectorSet, names: [String]?, size: Int) {
    self.vectors = vectors
    self.names = names
    self.size = size
  }

  var name: String { vectors.name }
  var count: Int { vectors.count }
  var dimension: Int { vectors.dimension }
  var phases: [(name: String, time: Duration)] { [("read", readTime)] }

  mutating func next() throws -> QueryBlock? {
    let rows = first..<min(first + size, vectors.count)
    guard !rows.isEmpty else { return nil }
    let clock = ContinuousClock()
    let began = clock.now
    var values = [Float](repeating: 0, count: rows.count * vectors.dimension)
    var span = values.mutableSpan
    try vectors.source.copyRows(rows, into: &span)
    readTime += clock.now - began
    first = rows.upperBound
    return QueryBlock(values: values, names: names.map { Array($0[rows]) })
  }
}

/// Queries that are texts.
struct TextBlocks: QueryBlocks {
  let name: String
  let dimension: Int
  private let texts: EncodedTexts<ModelTextEncoder>
  private var encodeTime = Duration.zero

  init(_ texts: EncodedTexts<ModelTextEncoder>, name: String, dimension: Int) {
    self.texts = texts
    self.name = name
    self.dimension = dimension
  }

  var count: Int { texts.count }
  var phases: [(name: String, time: Duration)] {
    [("read", texts.readTime), ("tokenize", texts.tokenizeTime), ("encode", encodeTime)]
  }

  mutating func next() throws -> QueryBlock? {
    guard let window = try texts.next() else { return nil }
    encodeTime += window.encodeTime
    return QueryBlock(values: window.vectors, names: window.ids)
  }
}
