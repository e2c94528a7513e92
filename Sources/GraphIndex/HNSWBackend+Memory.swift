public import IndexStore
public import VectorCore

extension HNSWBackend {
  /// Estimates what an index takes: 4 bytes a value with rows padded to cache lines, and 8 · M bytes
  /// of links a vector.
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
    let chosen = HNSWParameters(parameters)
    var sections = [
      BuildMemory.Part("vectors", 4 * count * VectorRows.stride(dimension: dimension)),
      BuildMemory.Part("links0", 8 * count * chosen.M),
    ]
    // A row reaches the next layer with probability 1 / M.
    var nodes = count / chosen.M
    while nodes > 0 {
      sections.append(BuildMemory.Part("rows\(sections.count - 1)", 4 * nodes))
      sections.append(BuildMemory.Part("links\(sections.count - 2)", 4 * nodes * chosen.M))
      nodes /= chosen.M
    }
    let walk = count / 8 + 64 * chosen.efConstruction
    let walks = options.threads * InterleavedSearch.walks * (count / 8 + 16_384)
    let batch = count / 33 * chosen.M * 48
    return BuildMemory(
      sections: sections,
      peak: sections + [
        BuildMemory.Part("order, levels and reach of rows", 17 * count),
        BuildMemory.Part("links back of a batch", batch),
        BuildMemory.Part("scratch of \(options.threads) threads", options.threads * walk),
      ],
      search: sections + [
        BuildMemory.Part("queries and walks", walks + 4 * BuildMemory.searchQueries * dimension)
      ],
      remedy: "a lower M, or ivf, which holds vectors in half precision"
    )
  }
}
