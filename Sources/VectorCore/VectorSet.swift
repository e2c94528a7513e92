/// Where vectors come from: a mapped file, a file read in pieces, or memory.
public protocol VectorSource: Sendable {
  /// The path, or "memory": what an error message calls it.
  var name: String { get }
  /// The number of vectors.
  var count: Int { get }
  /// The length of each vector.
  var dimension: Int { get }

  /// Copies rows, converted to `Float`, into `destination`, which holds
  /// `[rows.count, dimension]`, row-major.
  ///
  /// Safe to call from several threads at once.
  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError)
}

/// Vectors with their ids: what an index is built from and searched with.
public struct VectorSet: Sendable {
  /// The vectors.
  public let source: any VectorSource
  /// Their ids.
  public let ids: VectorIDs

  /// Joins vectors and ids.
  ///
  /// - Precondition: explicit ids are as many as the vectors.
  public init(_ source: any VectorSource, ids: VectorIDs = .rowNumbers) {
    let idCount = ids.explicit?.count ?? source.count
    precondition(idCount == source.count, "\(idCount) ids for \(source.count) vectors")
    self.source = source
    self.ids = ids
  }

  /// Takes vectors from memory, `[count, dimension]` row-major.
  public init(_ values: [Float], dimension: Int, name: String = "memory") {
    self.init(MemoryVectors(values, dimension: dimension, name: name))
  }

  /// The number of vectors.
  public var count: Int { source.count }
  /// The length of each vector.
  public var dimension: Int { source.dimension }
  /// What an error message calls the set.
  public var name: String { source.name }

  /// Copies rows into `destination`, `[rows.count, dimension]`, ready for `metric`: every value is
  /// finite and, for cosine, every vector has unit length.
  ///
  /// This is the only way by which vectors enter an index or a search.
  /// - Throws: ``FileError``, ``IndexError/notFinite(what:row:column:)``,
  ///   ``IndexError/zeroVector(what:row:)``.
  public func copyRows(
    _ rows: Range<Int>,
    preparedFor metric: Metric,
    into destination: inout MutableSpan<Float>
  ) throws {
    try source.copyRows(rows, into: &destination)
    try prepare(
      &destination,
      dimension: dimension,
      for: metric,
      what: name,
      firstRow: rows.lowerBound
    )
  }

  /// All vectors in memory, `[count, dimension]`, as they are in the source, validated for `metric`.
  public func allRows(preparedFor metric: Metric) throws -> [Float] {
    var values = [Float](repeating: 0, count: count * dimension)
    var span = values.mutableSpan
    try copyRows(0..<count, preparedFor: metric, into: &span)
    return values
  }

  /// Splits off `heldOut` vectors by a seeded shuffle, as queries for a benchmark.
  ///
  /// - Returns: the rest of the set and the vectors held out, both in shuffled order; their ids are
  ///   those of this set.
  public func split(holdingOut heldOut: Int, seed: UInt64) -> (rest: VectorSet, held: VectorSet) {
    precondition((0...count).contains(heldOut), "\(heldOut) of \(count) vectors held out")
    let order = seededShuffle(of: count, seed: seed)
    return (
      subset(Array(order[..<(count - heldOut)])), subset(Array(order[(count - heldOut)...]))
    )
  }

  /// The vectors at some rows, in the order given.
  public func subset(_ rows: [UInt32]) -> VectorSet {
    VectorSet(ChosenRows(base: source, rows: rows), ids: ids.subset(rows))
  }
}

/// Vectors in memory.
struct MemoryVectors: VectorSource {
  let name: String
  let dimension: Int
  private let values: [Float]

  init(_ values: [Float], dimension: Int, name: String) {
    precondition(
      dimension > 0 && values.count.isMultiple(of: dimension),
      "\(values.count) values are no vectors of dimension \(dimension)"
    )
    self.values = values
    self.dimension = dimension
    self.name = name
  }

  var count: Int { values.count / dimension }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    let start = rows.lowerBound * dimension
    for offset in 0..<rows.count * dimension { destination[offset] = values[start + offset] }
  }
}

/// A selection of another source's rows.
struct ChosenRows: VectorSource {
  let base: any VectorSource
  let rows: [UInt32]

  var name: String { base.name }
  var count: Int { rows.count }
  var dimension: Int { base.dimension }

  func copyRows(_ range: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    var row = [Float](repeating: 0, count: dimension)
    var next = 0
    for index in range {
      var slot = row.mutableSpan
      try base.copyRows(Int(rows[index])..<Int(rows[index]) + 1, into: &slot)
      for value in row {
        destination[next] = value
        next += 1
      }
    }
  }
}
