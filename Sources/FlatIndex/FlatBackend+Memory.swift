public import IndexStore
internal import IntegerScan
public import VectorCore

extension FlatBackend {
  /// Estimates what an index takes: 4 bytes a value, and one more for codes.
  ///
  /// - Parameters:
  ///   - count: vectors.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric and threads.
  /// - Returns: the estimate, never `nil`.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) -> BuildMemory? {
    // Keys of hits, and the queries as they come and as the kernels read them.
    let hits = BuildMemory.Part(
      "hits and queries",
      BuildMemory.searchQueries * (720 + 8 * dimension)
    )
    guard parameters.text("first") == "int8" else {
      let panels = BuildMemory.Part(
        FlatIndex.section,
        4 * Panels.floatCount(count: count, dimension: dimension)
      )
      let blocks = 4 * options.threads * min(count, 2_048) * dimension
      return BuildMemory(
        sections: [panels],
        peak: [panels, BuildMemory.Part("rows being packed", blocks)],
        search: [panels, hits],
        remedy: "the backend ivf, or faiss-ivfpq, which keeps no vectors"
      )
    }
    let width = ScanSpace.dimension(of: dimension, metric: options.metric)
    let codes = CodePanels.panelCount(count) * CodePanels.panelBytes(dimension: width)
    let bounds = ["units", "lengths", "errors", "norms"].map { name in
      BuildMemory.Part(name, 4 * ScreenedRows.blockCount(count))
    }
    let sections =
      [BuildMemory.Part("mean", 4 * dimension)] + bounds + [
        BuildMemory.Part("codes", codes), BuildMemory.Part("rows", 4 * count * dimension),
      ]
    let blocks = 4 * options.threads * min(count, 4_096) * (dimension + width / 4)
    return BuildMemory(
      sections: sections,
      peak: sections + [BuildMemory.Part("rows being encoded", blocks)],
      search: sections + [hits],
      remedy: "first=none"
    )
  }
}
