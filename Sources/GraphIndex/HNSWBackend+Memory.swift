internal import ClusterIndex
public import IndexStore
internal import IntegerScan
public import VectorCore

extension HNSWBackend {
  /// Estimates what an index takes: links of 8·M bytes a vector, codes, and what the last candidates are
  /// ranked by; in the fat layout a row of a neighbor's codes for every link instead.
  ///
  /// What is left to `auto` is chosen by the dimension alone, as if the values' range were that of most
  /// sets. How many axes `codec=leanvec` needs is seen in the vectors only: it is taken for half of the
  /// dimensions.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric and threads.
  /// - Returns: the estimate, never `nil`.
  /// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for parameters that do
  ///   not go together.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> BuildMemory? {
    try memory(count: count, dimension: dimension, parameters: parameters, options, axes: nil)
  }

  /// The estimate with a given number of axes for `codec=leanvec`; ``mostLeanAxes(dimension:metric:)``
  /// gives a bound.
  package static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    _ options: BuildOptions,
    axes: Int?
  ) throws -> BuildMemory {
    let shape = try GraphShape(
      count: count,
      dimension: dimension,
      HNSWParameters(parameters),
      options,
      axes: axes
    )
    let sections = shape.sections
    let lists = try IVFBackend.memory(
      count: count,
      dimension: dimension,
      parameters: Parameters().resolved(
        against: IVFBackend.buildParameters,
        owner: IVFBackend.name
      ),
      options: options
    )
    return BuildMemory(
      sections: sections,
      peak: shape.peak(lists: lists, options),
      search: sections + [shape.scratch],
      remedy: shape.remedy
    )
  }

  /// The most axes that `codec=leanvec` comes to.
  package static func mostLeanAxes(dimension: Int, metric: Metric) -> Int {
    min(ScanSpace.dimension(of: dimension, metric: metric), LeanAxes.mostSteps * LeanAxes.step)
  }
}

/// The sizes of an index's arrays, from the size of the set.
private struct GraphShape {
  private let plan: GraphPlan
  private let count: Int
  private let dimension: Int
  /// The dimension of the space of codes.
  private let spaceDimension: Int
  private let threads: Int
  private let axes: Int

  init(
    count: Int,
    dimension: Int,
    _ parameters: HNSWParameters,
    _ options: BuildOptions,
    axes: Int?
  ) throws(IndexError) {
    self.count = count
    self.dimension = dimension
    spaceDimension = ScanSpace.dimension(of: dimension, metric: options.metric)
    threads = options.threads
    plan = try GraphPlan(
      parameters,
      dimension: dimension,
      spaceDimension: spaceDimension,
      scale: ValueScale(largest: 1, rootMeanSquare: 1),
      values: ValueScale(largest: 1, rootMeanSquare: 1)
    )
    let most = min(spaceDimension, LeanAxes.mostSteps * LeanAxes.step)
    let half = CodedRows.Kind.nibbles.width(dimension: (spaceDimension + 1) / 2)
    self.axes = min(axes ?? half, most)
  }

  private typealias Part = BuildMemory.Part

  /// Bytes of a vector's codes in the space, one a dimension.
  private var width: Int { CodedRows.Kind.bytes.width(dimension: spaceDimension) }
  private var linkBytes: Int { 4 * count * plan.degree }

  var sections: [BuildMemory.Part] {
    let isFloat = plan.codec.isFloat
    let rerank = plan.rerank.rowBytes(dimension: dimension, width: isFloat ? 0 : width)
    return (isFloat ? [] : [Part("mean", 4 * dimension)])
      + [
        Part("rows", 4 * count), Part("entries", 4 * entries),
        Part("entry-starts", 4 * (Int(Double(entries).squareRoot()) + 1)),
      ]
      + layoutSections
      + (rerank > 0 ? [Part("rerank", count * rerank)] : [])
  }

  /// Nodes that ``EntryPoints`` samples.
  private var entries: Int { min(count, 4 * Int(Double(count).squareRoot()) + 16) }

  private var layoutSections: [BuildMemory.Part] {
    if plan.layout == .fat { return codebook + [Part("fat-rows", count * fatRow)] }
    let links = Part("links", linkBytes)
    switch plan.codec {
    case .float, .half:
      let isHalf = plan.codec == .half
      let stride = FloatRows.stride(dimension: dimension, isHalf: isHalf)
      return [links, Part("vectors", count * stride * (isHalf ? 2 : 4))]
    case .lean:
      return [links, Part("codes", count * CodedRows.Kind.nibbles.stride(dimension: axes))]
        + projection(axes)
    case .nibbles: return [links, codes(.nibbles)]
    case .bits: return [links, codes(.bits)]
    case .bytes, .products: return [links, codes(.bytes)]
    }
  }

  private func codes(_ kind: CodedRows.Kind) -> BuildMemory.Part {
    Part("codes", count * kind.stride(dimension: spaceDimension))
  }

  /// Axes with their units.
  private func projection(_ axes: Int) -> [BuildMemory.Part] {
    let panels = CodePanels.panelCount(axes)
    return [
      Part("axes", panels * CodePanels.panelBytes(dimension: spaceDimension)),
      Part("axis-units", 4 * panels * CodePanels.lanes),
    ]
  }

  private var groups: Int {
    plan.codec == .bits ? (spaceDimension + 15) / 16 * 4 : plan.groups
  }

  /// Dimensions of the directions that are coded.
  private var coded: Int {
    plan.codec == .bits ? spaceDimension : min(spaceDimension, NeighborCodebook.mostAxes)
  }

  private var codebook: [BuildMemory.Part] {
    [Part("group-ends", 4 * groups), Part("centroids", 64 * coded)]
      + (plan.codec == .bits ? [] : projection(coded))
  }

  private var fatRow: Int { fatRowBytes(width: width, groups: groups, degree: plan.degree) }

  /// What is held when the construction needs most: when neighbors are found, when links are chosen, or
  /// when rows are written.
  ///
  /// They are found in lists; an exact index takes a copy of the vectors beside these. Those that were
  /// given are copied, in the order of the nodes.
  func peak(lists: BuildMemory?, _ options: BuildOptions) -> [BuildMemory.Part] {
    let given = options.neighbors?.width
    let neighbors = 4 * count * (given ?? min(GraphPlan.candidates, max(count - 1, 0)))
    let findsExactly = given == nil && options.exactIndex != nil
    let order = Part("order of the nodes", 16 * count)
    let finding =
      [
        Part("lists to find neighbors in", lists?.sections.bytes ?? 0),
        Part("nearest neighbors, twice", 2 * neighbors), order,
      ] + (findsExactly ? [Part("vectors for exact search", 4 * count * dimension)] : [])
    let kept = min(plan.efConstruction, GraphBuilder.most(degree: plan.degree) - plan.degree, count)
    let linking = [
      Part("codes to choose links by", count * (width + 4)),
      Part("nearest neighbors", neighbors),
      Part("links, four times", 4 * linkBytes),
      Part("nodes found", 4 * count * max(kept + BuildWalker.entries, 0)), order,
    ]
    // Codes and norms of the rows that are written, what directions are taken from, and samples.
    let fat = [
      Part("codes of the nodes", count * (width + 4)), Part("projected", 4 * count * coded),
      Part("samples to train on", 4 * NeighborCodebook.sample * (3 * spaceDimension + 2 * coded)),
    ]
    let lean = [Part("sample to find axes in", 8 * min(count, LeanAxes.sample) * spaceDimension)]
    let writing =
      sections + [order]
      + (plan.layout == .fat
        ? fat + [Part("links", linkBytes)] : plan.codec == .lean ? lean : [])
    let steps = [lists?.peak ?? [], finding, linking, writing]
    // What the search for neighbors took in small pieces stays with the process.
    let asked =
      given == nil ? min(count, 8_192) * (40 * GraphPlan.candidates + 12 * dimension) : 0
    return steps.reduce([]) { $1.bytes > $0.bytes ? $1 : $0 } + [
      Part("queries for neighbors", asked),
      Part("scratch of \(threads) threads", threads * (4 * 1_024 * dimension + count / 8)),
    ]
  }

  /// Queries, their results, and a bit a node for each walk of the slim layout.
  var scratch: BuildMemory.Part {
    let walks = plan.layout == .slim ? HNSWIndex.walks * threads * count / 8 : 0
    return Part("queries and walks", walks + BuildMemory.searchQueries * (720 + 8 * dimension))
  }

  var remedy: String {
    if plan.layout == .fat { return "layout=slim or --bytes-per-vector" }
    if plan.rerank != .none { return "rerank=none or --bytes-per-vector" }
    return "a lower M"
  }
}
