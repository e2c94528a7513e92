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

  /// Copies rows in any order, converted to `Float`, into `destination`, which holds
  /// `[rows.count, dimension]`, row-major.
  ///
  /// Safe to call from several threads at once. Sources that can do better than one row at a time
  /// implement it.
  func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError)
}

extension VectorSource {
  /// Copies one row after the other.
  public func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    let dimension = self.dimension
    try unsafe destination.withUnsafeMutableBufferPointer { (target) throws(FileError) in
      for index in 0..<rows.count {
        let place = target.extracting(index * dimension..<(index + 1) * dimension)
        var span = unsafe place.mutableSpan
        try copyRows(Int(rows[index])..<Int(rows[index]) + 1, into: &span)
      }
    }
  }
}

/// Vectors with their ids: what an index is built from and searched with.
public struct VectorSet: Sendable {
  /// The vectors.
  public let source: any VectorSource
  /// Their ids.
  public let ids: VectorIDs

  /// Joins vectors and ids.
  ///
  /// - Precondition: explicit ids and names are as many as the vectors.
  public init(_ source: any VectorSource, ids: VectorIDs = .rowNumbers) {
    let idCount = ids.count ?? source.count
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
