public import IndexStore
public import VectorCore

extension FaissFlatBackend {
  /// Estimates what an index takes: 4 bytes a value, twice while it is stored or opened.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: none.
  ///   - options: not used.
  /// - Returns: the estimate, never `nil`.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) -> BuildMemory? {
    let block = BuildMemory.Part("rows being added", 4 * min(count, 65_536) * dimension)
    return FaissMemory(
      held: [BuildMemory.Part("vectors", 4 * count * dimension)],
      building: [block],
      remedy: "the backend flat, which is mapped"
    ).memory
  }
}

extension FaissHNSWBackend {
  /// Estimates what an index takes: 4 bytes a value and 8 · M bytes of links a vector, twice while
  /// it is stored or opened.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: threads.
  /// - Returns: the estimate, never `nil`.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) -> BuildMemory? {
    let links = parameters.integer("M")
    // Every node has 2 · M places, and M for each of the 1 / (M − 1) layers above that it reaches.
    let places = count * 2 * links + count * links / (links - 1)
    return FaissMemory(
      held: [
        BuildMemory.Part("vectors", 4 * count * dimension),
        BuildMemory.Part("links", 4 * places + 12 * count),
      ],
      building: [
        BuildMemory.Part("rows being added", 4 * min(count, 16_384) * dimension),
        BuildMemory.Part("locks and visited rows", (4 + options.threads) * count),
      ],
      remedy: "a lower M, or the backend hnsw, which is mapped"
    ).memory
  }
}

extension FaissIVFPQBackend {
  /// Estimates what an index takes: m · nbits / 8 bytes and an id of 8 bytes a vector; and its
  /// training.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric.
  /// - Returns: the estimate, never `nil`.
  /// - Throws: what ``build(_:parameters:options:)`` throws for parameters that the set is too small
  ///   for, or that do not divide the dimension.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> BuildMemory? {
    let chosen = try IVFPQParameters(parameters, count: count, dimension: dimension)
    let centroids = 4 * dimension * (chosen.nlist + 1 << chosen.nbits)
    let code = (chosen.m * chosen.nbits + 7) / 8
    let table = 4 * chosen.nlist * chosen.m << chosen.nbits
    let hasTable = options.metric == .squaredL2 && chosen.byResidual && table <= Self.tableLimit
    let sample = min(count, chosen.trainingRows)
    let codeSample = min(sample, chosen.maxPointsPerCentroid << chosen.nbits)
    let training = 4 * dimension * (sample + 2 * codeSample)
    let kept = sample == count ? sample : 0
    let adding = 4 * dimension * (kept + 2 * min(count, chosen.blockRows))
    return FaissMemory(
      held: [
        BuildMemory.Part("centroids", centroids),
        BuildMemory.Part("codes and row numbers", count * (code + 8) + 8 * chosen.nlist),
      ],
      tables: hasTable ? [BuildMemory.Part("table of distances", table)] : [],
      building: [
        BuildMemory.Part("training and adding", max(training, adding)),
        BuildMemory.Part("blocks of distances", 16 << 20),
      ],
      remedy: "a lower max_points_per_centroid or m"
    ).memory
  }

  /// Beyond this faiss computes no table.
  private static let tableLimit = 2 << 30
}
