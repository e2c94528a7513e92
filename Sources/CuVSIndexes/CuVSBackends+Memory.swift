public import IndexStore
public import VectorCore

extension CuVSFlatBackend {
  /// Estimates what an index takes: 4 bytes a value, on the host and, once it is searched, on the GPU.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: none.
  ///   - options: not used.
  /// - Returns: the estimate of the host's memory, never `nil`.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) -> BuildMemory? {
    let vectors = [BuildMemory.Part(CuVSVectorIndex.section, 4 * count * dimension)]
    return BuildMemory(
      sections: vectors,
      peak: vectors,
      search: vectors,
      remedy: "\(CuVSIVFPQBackend.name), which keeps codes only"
    )
  }
}

extension CuVSCagraBackend {
  /// Estimates what an index takes: 4 bytes a value and a link, on the host and, once it is searched, on the
  /// GPU.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: not used.
  /// - Returns: the estimate of the host's memory, never `nil`.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) -> BuildMemory? {
    let parts = [
      BuildMemory.Part(CuVSVectorIndex.section, 4 * count * dimension),
      BuildMemory.Part(CagraGraph.section, 4 * count * parameters.integer("graph_degree")),
    ]
    return BuildMemory(
      sections: parts,
      peak: parts,
      search: parts,
      remedy: "a lower graph_degree, or \(CuVSIVFPQBackend.name), which keeps codes only"
    )
  }
}

extension CuVSIVFPQBackend {
  /// Estimates what an index takes: pq_dim · pq_bits / 8 bytes and an id of 8 bytes a vector; and the vectors
  /// while it is built.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: not used.
  /// - Returns: the estimate of the host's memory, never `nil`.
  /// - Throws: what ``build(_:parameters:options:)`` throws for parameters that the set is too small for.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> BuildMemory? {
    let chosen = try resolved(parameters, count: count)
    let given = chosen.integer("pq_dim")
    // What cuVS chooses: up to half the dimension.
    let subquantizers = given > 0 ? given : (dimension + 1) / 2
    let code = (subquantizers * chosen.integer("pq_bits") + 7) / 8
    let parts = [
      BuildMemory.Part("centroids", 4 * chosen.integer("n_lists") * 2 * dimension),
      BuildMemory.Part("codes and row numbers", count * (code + 8)),
    ]
    return BuildMemory(
      sections: [BuildMemory.Part(CuVSCodeIndex.section, parts.bytes)],
      peak: parts + [BuildMemory.Part("vectors", 4 * count * dimension)],
      search: [
        BuildMemory.Part("mapped file", parts.bytes), BuildMemory.Part("copy", parts.bytes),
      ],
      remedy: "fewer vectors at a time"
    )
  }
}
