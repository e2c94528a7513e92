public import IndexStore
internal import IntegerScan
public import VectorCore

extension IVFBackend {
  /// Estimates what an index takes: about 3 bytes a value (5 with `rerank=f32`, 2 with
  /// `rerank=residual`; `auto` is taken for f16), and one more while it is built.
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
    let chosen = IVFParameters(parameters, count: count)
    let width = ScanSpace.dimension(of: dimension, metric: options.metric)
    let kind = chosen.rerank ?? .half
    let stride = kind.stride(dimension: dimension, imageDimension: width)
    let panel = CodePanels.panelBytes(dimension: width)
    // A list's last panel is half empty on average.
    let panels = count / CodePanels.lanes + chosen.nlist / 2 + 1
    let centerPanels = CodePanels.panelCount(chosen.nlist)
    let sections = [
      BuildMemory.Part("mean", 4 * dimension),
      BuildMemory.Part("center-codes", centerPanels * panel),
      BuildMemory.Part("center-units", 4 * centerPanels * CodePanels.lanes),
      BuildMemory.Part("list-sizes", 4 * chosen.nlist),
      BuildMemory.Part("list-units", 4 * chosen.nlist),
      BuildMemory.Part("list-spreads", 4 * chosen.nlist),
      BuildMemory.Part("rows", 4 * count),
      BuildMemory.Part("codes", panels * panel),
      BuildMemory.Part("rerank", count * stride * kind.width),
    ]
    let scratch =
      options.threads * (4 * 4_096 * dimension + 24 * centerPanels * CodePanels.lanes * 6)
    let queries = BuildMemory.searchQueries * (1_024 + 12 * dimension)
    let pairs = BuildMemory.searchQueries * min(chosen.nlist, 64) * 24
    return BuildMemory(
      sections: sections,
      peak: sections + [
        BuildMemory.Part(
          "codes to cluster by",
          count * RowCodes.bytesPerRow(dimension: width)
        ),
        BuildMemory.Part("assignment to lists", 12 * count + 8 * chosen.nlist * width),
        BuildMemory.Part("scratch of \(options.threads) threads", scratch),
      ],
      search: sections + [BuildMemory.Part("queries and candidates", queries + pairs)],
      remedy: kind == .residual ? "faiss-ivfpq, which keeps no vectors" : "rerank=residual"
    )
  }
}
