internal import CKernels
internal import IndexStore
internal import IntegerScan
internal import Synchronization
internal import VectorCore

/// Builds inverted lists: codes of all rows, clusters, and each list's residuals.
///
/// The same bytes for any number of threads, and on any processor.
struct IVFBuilder {
  private let vectors: VectorSet
  private let options: BuildOptions
  private let space: ScanSpace
  private let nlist: Int
  private let kind: RerankRows.Kind
  private let effort: KMeans.Effort

  /// Rows that are read at a time.
  private static let chunk = 1024

  /// Reads the set's statistics.
  init(
    _ vectors: VectorSet,
    parameters: Parameters,
    effort: KMeans.Effort,
    options: BuildOptions
  ) throws {
    try checkCodedDimension(of: vectors, for: IVFBackend.name)
    self.vectors = vectors
    self.options = options
    self.effort = effort
    let statistics = try SetStatistics(
      of: vectors,
      metric: options.metric,
      threads: options.threads
    )
    let parameters = IVFParameters(parameters, count: vectors.count)
    space = statistics.space(metric: options.metric, seed: options.seed)
    nlist = parameters.nlist
    kind =
      parameters.rerank
      ?? RerankRows.Kind.suiting(
        largest: statistics.largest,
        rootMeanSquare: statistics.rootMeanSquare
      )
    guard kind != .half || statistics.largest <= RerankRows.Kind.largestHalf else {
      throw IndexError.invalidParameter(
        name: "rerank",
        value: kind.rawValue,
        allowed: "f32 or residual for values as large as \(statistics.largest)"
      )
    }
  }

  /// Clusters and encodes.
  func build() throws -> (space: ScanSpace, lists: InvertedLists, rerank: RerankRows) {
    let assignment = try cluster()
    let grouping = Grouping(assignment.assignment, groups: nlist)
    let target = ListsUnderConstruction(
      vectors.count,
      sizes: grouping.sizes,
      space: space,
      kind: kind
    )
    let done = Mutex(0)
    try parallelFor(nlist, chunk: 1, threads: options.threads) { _, range in
      for list in range {
        let center = assignment.centroids.values(of: list)
        try encode(grouping[list], as: list, center: center, into: target)
        done.withLock { done in
          done += grouping[list].count
          options.progress(BuildProgress(phase: "encoding", done: done, total: vectors.count))
        }
      }
    }
    let rows = SharedArray(grouping.places)
    return (
      space, target.lists(centroids: assignment.centroids, sizes: grouping.sizes, rows: rows),
      RerankRows(kind: kind, space: space, bytes: target.rerank.frozen())
    )
  }

  private func cluster() throws -> KMeans {
    let codes = RowCodes(capacity: vectors.count, dimension: space.dimension)
    try parallelFor(vectors.count, chunk: Self.chunk, threads: options.threads) { _, range in
      var values = [Float](repeating: 0, count: range.count * vectors.dimension)
      var span = values.mutableSpan
      try vectors.copyRows(range, preparedFor: options.metric, into: &span)
      unsafe eachImage(of: values) { place, _, image in
        unsafe codes.encode(image, as: range.lowerBound + place)
      }
    }
    return KMeans(
      codes,
      count: vectors.count,
      dimension: space.dimension,
      clusters: nlist,
      seed: options.seed,
      effort: effort,
      threads: options.threads
    ) { round in
      options.progress(BuildProgress(phase: "clustering", done: round, total: effort.rounds))
    }
  }

  /// Calls `body` with each row of `values` and its image in the space.
  private func eachImage(
    of values: [Float],
    _ body: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let dimension = vectors.dimension
    let image = MutableMemory<Float>(count: space.dimension)
    unsafe values.withUnsafeBufferPointer { values in
      guard let rows = values.baseAddress, let image = unsafe image.elements.baseAddress
      else { return }
      for place in 0..<values.count / dimension {
        unsafe space.place(vector: rows + place * dimension, into: image)
        unsafe body(place, rows + place * dimension, image)
      }
    }
  }

  /// Encodes one list: once over its rows for the unit, once for the codes.
  private func encode(
    _ members: ArraySlice<UInt32>,
    as list: Int,
    center: [Float],
    into target: ListsUnderConstruction
  ) throws {
    var largest: Float = 0
    var squares = 0.0
    try unsafe eachResidual(of: members, center: center) { _, _, residual in
      unsafe squares += squaredNorm(residual, center.count)
      for column in center.indices { largest = unsafe max(largest, abs(residual[column])) }
    }
    let unit = CodePanels.unit(largest: largest)
    let components = Double(max(1, members.count) * center.count)
    target.set(list, unit: unit, spread: Float((squares / components).squareRoot()))
    try unsafe eachResidual(of: members, center: center) { place, row, residual in
      unsafe target.write(list, place, row: row, residual: residual, unit: unit)
    }
  }

  /// Calls `body` with place, vector and residual of each member of a list.
  private func eachResidual(
    of members: ArraySlice<UInt32>,
    center: [Float],
    _ body: (Int, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
  ) throws {
    for start in stride(from: members.startIndex, to: members.endIndex, by: Self.chunk) {
      let part = members[start..<min(start + Self.chunk, members.endIndex)]
      var values = [Float](repeating: 0, count: part.count * vectors.dimension)
      var span = values.mutableSpan
      try vectors.subset(Array(part))
        .copyRows(0..<part.count, preparedFor: options.metric, into: &span)
      unsafe eachImage(of: values) { place, row, image in
        for column in center.indices { unsafe image[column] -= center[column] }
        unsafe body(start - members.startIndex + place, row, UnsafePointer(image))
      }
    }
  }
}

/// The arrays of the lists while they are filled, each list by one thread.
final class ListsUnderConstruction: Sendable {
  let rerank: MutableMemory<UInt8>
  private let codes: MutableMemory<UInt8>
  private let units: MutableMemory<Float>
  private let spreads: MutableMemory<Float>
  private let starts: [Int]
  private let panelStarts: [Int]
  private let kind: RerankRows.Kind
  private let space: ScanSpace

  init(_ count: Int, sizes: [Int], space: ScanSpace, kind: RerankRows.Kind) {
    self.kind = kind
    self.space = space
    starts = InvertedLists.sums(sizes)
    panelStarts = InvertedLists.sums(sizes.map { CodePanels.panelCount($0) })
    let panels = panelStarts.last ?? 0
    codes = MutableMemory(count: panels * CodePanels.panelBytes(dimension: space.dimension))
    // Lanes without a row hold codes of zero.
    unsafe codes.elements.update(repeating: UInt8(needle_code_zero))
    units = MutableMemory(count: sizes.count)
    spreads = MutableMemory(count: sizes.count)
    rerank = MutableMemory(
      count: RerankRows.byteCount(kind, count: count, space: space)
    )
  }

  func set(_ list: Int, unit: Float, spread: Float) {
    unsafe units.elements[list] = unit
    unsafe spreads.elements[list] = spread
  }

  func write(
    _ list: Int,
    _ place: Int,
    row: UnsafePointer<Float>,
    residual: UnsafePointer<Float>,
    unit: Float
  ) {
    guard let codes = unsafe codes.elements.baseAddress,
      let rerank = unsafe rerank.elements.baseAddress
    else { return }
    let panels = CodePanels.panelBytes(dimension: space.dimension) * panelStarts[list]
    unsafe CodePanels.encode(
      residual,
      dimension: space.dimension,
      unit: unit,
      row: place,
      of: codes + panels
    )
    unsafe RerankRows.write(
      row,
      residual: residual,
      unit: unit,
      space: space,
      kind: kind,
      at: starts[list] + place,
      of: rerank
    )
  }

  func lists(centroids: Centroids, sizes: [Int], rows: SharedArray<UInt32>) -> InvertedLists {
    InvertedLists(
      centroids: centroids,
      sizes: sizes,
      rows: rows,
      codes: codes.frozen(),
      units: units.frozen(),
      spreads: spreads.frozen()
    )
  }
}
