internal import CKernels
internal import VectorCore

/// The scan kernels of one instruction set.
@safe
struct ScanKernels: @unchecked Sendable {  // @unchecked Sendable because the table is constant.
  private let table: UnsafePointer<needle_flat_kernels>

  /// The kernels for this CPU.
  static let best = ScanKernels(needle_simd_level())

  init(_ level: needle_simd) { unsafe table = needle_flat_kernels_for(level) }

  /// Queries that one call scans.
  var tile: Int { unsafe table.pointee.queries_per_tile }

  /// The same scores for scattered pairs of row and query.
  func pairs(for metric: Metric) -> needle_flat_score_pairs_pointer {
    unsafe metric == .squaredL2 ? table.pointee.pairs_squared_l2 : table.pointee.pairs_dot
  }

  /// The scan whose score is minus the metric's distance.
  func scan(for metric: Metric) -> needle_flat_scan_pointer {
    unsafe metric == .squaredL2 ? table.pointee.squared_l2 : table.pointee.dot
  }
}

/// One batch of queries against all panels.
///
/// The base is walked in blocks that fit the second-level cache, each block by all tiles of a
/// group of queries, so that it is read from memory once per group. Work is shared out by groups of
/// queries and, where there are fewer groups than threads, by parts of the base.
struct PanelScan {
  let panels: Panels
  let kernels: ScanKernels
  let metric: Metric
  let k: Int
  let threads: Int

  /// Bytes of the base that stay cached while a group of queries passes over them.
  private static let blockBytes = 256 << 10
  /// Tiles of queries that share a block; their packed form should stay cached as well.
  private static let tilesPerGroup = 32

  /// Searches `queries` of the row-major `all` and writes their results to the same places.
  func search(_ all: [Float], queries: Range<Int>, into found: inout NearestRows) {
    let tile = kernels.tile
    let tiles = (queries.count + tile - 1) / tile
    let tilesPerGroup = max(1, min(Self.tilesPerGroup, tiles / (4 * threads)))
    let groups = (tiles + tilesPerGroup - 1) / tilesPerGroup
    let parts = partRanges(wanted: groups >= threads ? 1 : (threads + groups - 1) / groups)
    let table = HitTable(parts: parts.count, queryCount: queries.count, k: k)

    parallelFor(groups * parts.count, chunk: 1, threads: threads) { _, units in
      for unit in units {
        let first = unit / parts.count * tilesPerGroup * tile
        let group = first..<min(first + tilesPerGroup * tile, queries.count)
        let packed = PackedQueries(
          all,
          rows: group.lowerBound + queries.lowerBound..<group.upperBound + queries.lowerBound,
          dimension: panels.dimension,
          tile: tile
        )
        let part = unit % parts.count
        scan(packed, queries: group, rows: parts[part], part: part, hits: table)
      }
    }

    found.write { rows in
      parallelFor(queries.count, chunk: 64, threads: threads) { _, range in
        for query in range {
          table.finish(query: query, metric: metric, into: rows, at: queries.lowerBound + query)
        }
      }
    }
  }

  /// The base cut into about `wanted` runs of whole panels.
  private func partRanges(wanted: Int) -> [Range<Int>] {
    let panelCount = (panels.count + Panels.lanes - 1) / Panels.lanes
    let panelsPerPart = (panelCount + wanted - 1) / wanted
    return stride(from: 0, to: panelCount, by: panelsPerPart).map { first in
      first * Panels.lanes..<min((first + panelsPerPart) * Panels.lanes, panels.count)
    }
  }

  private func scan(
    _ packed: PackedQueries,
    queries: Range<Int>,
    rows: Range<Int>,
    part: Int,
    hits: HitTable
  ) {
    let dimension = panels.dimension
    let kernel = unsafe kernels.scan(for: metric)
    let panelBytes = Panels.lanes * dimension * MemoryLayout<Float>.stride
    let block = max(1, Self.blockBytes / panelBytes) * Panels.lanes
    unsafe panels.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: block) {
        let count = min(block, rows.upperBound - start)
        for (tileIndex, first) in stride(from: 0, to: queries.count, by: packed.tile).enumerated() {
          let tileCount = min(packed.tile, queries.count - first)
          unsafe hits.withHits(part: part, query: queries.lowerBound + first) { hits in
            unsafe packed.withTile(tileIndex) { tile in
              unsafe kernel(
                base + start * dimension,
                count,
                dimension,
                UInt32(start),
                tile,
                tileCount,
                hits
              )
            }
          }
        }
      }
    }
  }
}

/// A group of queries as the kernels read them: `[tile][dimension][query of the tile]`.
struct PackedQueries: Sendable {
  let tile: Int
  private let values: [Float]
  private let tileFloats: Int

  /// Packs rows of the row-major `queries`.
  init(_ queries: [Float], rows: Range<Int>, dimension: Int, tile: Int) {
    self.tile = tile
    tileFloats = dimension * tile
    let tiles = (rows.count + tile - 1) / tile
    var packed = [Float](repeating: 0, count: tiles * dimension * tile)
    unsafe queries.withUnsafeBufferPointer { source in
      unsafe packed.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for (index, first) in stride(from: rows.lowerBound, to: rows.upperBound, by: tile)
          .enumerated()
        {
          unsafe needle_pack_queries(
            source + first * dimension,
            min(tile, rows.upperBound - first),
            dimension,
            tile,
            target + index * dimension * tile
          )
        }
      }
    }
    values = packed
  }

  /// Calls `body` with the tile's memory, valid during the call.
  func withTile(_ index: Int, _ body: (UnsafePointer<Float>) -> Void) {
    unsafe values.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe body(start + index * tileFloats)
    }
  }
}
