import CKernels
import TestSupport
import Testing
import VectorCore

private let keeps = [1, 10, 12, 100, 1_000]
private let dimensions = Array(1...70) + [100, 384, 1_024, 4_096]

/// A base and a scale for each query; a third of the bases are zero.
private func spread(_ rows: Range<Int>, first: Int = 0, queries: Int, seed: UInt64) -> Piece {
  var generator = SplitMix64(seed: seed)
  return Piece(
    rows: rows,
    first: first,
    bases: (0..<queries).map { $0 % 3 == 2 ? 0 : Float.random(in: -2...2, using: &generator) },
    scales: (0..<queries).map { _ in Float.random(in: 1e-5...1e-3, using: &generator) }
  )
}

/// Scans some rows with some queries at once and compares with the definition.
private func check(
  _ scene: CodeScene,
  _ products: [[Int]],
  _ pieces: [Piece],
  queries: Int,
  keeps: [Int],
  _ place: @autoclosure () -> String = ""
) throws {
  for keep in keeps {
    let expected = (0..<queries).map { query in
      expectedBest(products[query], pieces, query: query, keep: keep)
    }
    for kernels in Int8Kernels.all {
      let found = try kernels.best(of: scene, pieces, queryCount: queries, keep: keep)
      for query in 0..<queries {
        try #require(
          found[query] == expected[query],
          "\(kernels.name), query \(query) of \(queries), keep \(keep) \(place())"
        )
      }
    }
  }
}

@Suite("Integer scan")
struct Int8ScanTests {
  @Test("every number of rows with every number of probes", arguments: [5, 50])
  func shapes(dimension: Int) throws {
    let scene = CodeScene(dimension: dimension, rows: 400, queries: 20, seed: 1)
    let products = scene.products()
    for rows in Array(1...130) + [191, 192, 193, 255, 400] {
      for queries in 1...20 {
        let keep = keeps[(rows + queries) % keeps.count]
        let piece = spread(0..<rows, queries: queries, seed: UInt64(rows))
        try check(scene, products, [piece], queries: queries, keeps: [keep], "\(rows) rows")
      }
    }
  }

  @Test("every dimension", arguments: dimensions)
  func everyDimension(dimension: Int) throws {
    let scene = CodeScene(dimension: dimension, rows: 333, queries: 7, seed: UInt64(dimension))
    let products = scene.products()
    for rows in [1, 15, 16, 33, 64, 79, 113, 128, 333] {
      let piece = spread(0..<rows, queries: 7, seed: UInt64(rows))
      try check(scene, products, [piece], queries: 7, keeps: [1, 12, 100, 1_000], "\(rows) rows")
    }
  }

  @Test("extreme codes neither saturate nor overflow", arguments: [1, 4, 63, 384, 4_096, 8_192])
  func extremes(dimension: Int) throws {
    let scene = CodeScene(dimension: dimension, rows: 67, queries: 7, seed: 3) {
      Bool.random(using: &$0) ? 127 : -127
    }
    // The largest sums of all: every code of one sign.
    let whole = CodeScene(
      dimension: dimension,
      vectors: (0..<67).flatMap { [Int8](repeating: $0 % 2 == 0 ? 127 : -127, count: dimension) },
      queries: (0..<7).flatMap { [Int8](repeating: $0 % 2 == 0 ? 127 : -127, count: dimension) }
    )
    for scene in [scene, whole] {
      let products = scene.products()
      for (base, scale): (Float, Float) in [(0, 1), (-1e9, 3), (1e6, 0.01)] {
        let piece = Piece(
          rows: 0..<67,
          bases: .init(repeating: base, count: 7),
          scales: .init(repeating: scale, count: 7)
        )
        try check(scene, products, [piece], queries: 7, keeps: [1, 12, 40])
      }
    }
  }

  @Test("ties go to the lower row")
  func ties() throws {
    // Few distinct products, one product for all, and scores that the base makes equal.
    let few = CodeScene(dimension: 3, rows: 2_000, queries: 6, seed: 4) {
      Int8.random(in: -1...1, using: &$0)
    }
    let equal = CodeScene(
      dimension: 9,
      vectors: [Int8](repeating: -7, count: 9 * 2_000),
      queries: [Int8](repeating: 5, count: 9 * 6)
    )
    for scene in [few, equal] {
      let products = scene.products()
      for base: Float in [0, -3, 1e9] {
        let piece = Piece(
          rows: 0..<2_000,
          bases: .init(repeating: base, count: 6),
          scales: .init(repeating: 0.5, count: 6)
        )
        try check(scene, products, [piece], queries: 6, keeps: keeps)
      }
    }
  }

  @Test("rows that score exactly the threshold are found")
  func atTheThreshold() throws {
    // A first piece sets a threshold that later rows reach exactly, one lower row wins the tie.
    let values = (0..<640).map { Int8($0 % 100) }
    let scene = CodeScene(dimension: 1, vectors: values, queries: [1, 127, -1, -127])
    let products = scene.products()
    for keep in [1, 10, 12, 100] {
      for (base, scale): (Float, Float) in [(0, 1), (0.1, 0.3), (-7e7, 1e-3), (1e20, 1e-20)] {
        let pieces = [512..<640, 128..<512, 0..<128].map {
          Piece(
            rows: $0,
            bases: .init(repeating: base, count: 4),
            scales: .init(repeating: scale, count: 4)
          )
        }
        try check(scene, products, pieces, queries: 4, keeps: [keep])
      }
    }
  }

  @Test("long vectors with large sums of codes lose no row at the threshold")
  func largeOffsets() throws {
    // Offsets above 2^26, where floats are 8 apart, and products around zero.
    let dimension = 8_192
    for shift in -12...12 {
      var vectors: [Int8] = []
      for row in 0..<160 {
        var vector = (0..<dimension).map { Int8($0 % 2 == 0 ? 100 : -100) }
        vector[dimension - 1] += Int8((row < 80 ? 1 : row % 3 - 1) + shift)
        vectors += vector
      }
      // The last code is 1, so that products differ by 1.
      var query = [Int8](repeating: 127, count: dimension)
      query[dimension - 1] = 1
      query[dimension - 2] = 1
      let scene = CodeScene(dimension: dimension, vectors: vectors, queries: query)
      let pieces = [80..<160, 0..<80].map { Piece(rows: $0, bases: [0], scales: [1]) }
      try check(scene, scene.products(), pieces, queries: 1, keeps: [1, 12, 40], "\(shift)")
    }
  }

  @Test("no magnitudes of base and scale lose a row", arguments: 0..<8)
  func magnitudes(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    func magnitude() -> Float {
      let exponent = Float.random(in: -20...20, using: &generator)
      var value = Float(1)
      for _ in 0..<Int(exponent.magnitude) { value *= exponent < 0 ? 0.1 : 10 }
      return value * Float.random(in: 1..<10, using: &generator)
    }
    let scenes = [1, 17, 384].map { dimension in
      CodeScene(dimension: dimension, rows: 480, queries: 5, seed: UInt64(seed)) {
        Int8.random(in: -3...3, using: &$0) &* 40
      }
    }
    let products = scenes.map { $0.products() }
    for round in 0..<60 {
      // Bases and scales of one size, of any size, or that differ from piece to piece.
      let base = magnitude()
      let scale = magnitude()
      let pieces = [320..<480, 0..<160, 160..<320].map { rows in
        Piece(
          rows: rows,
          bases: (0..<5).map { _ in
            let value = round % 3 == 0 ? base : magnitude()
            return Bool.random(using: &generator) ? value : -value
          },
          scales: (0..<5).map { _ in
            round % 3 == 0 ? scale * Float.random(in: 0.5...2, using: &generator) : magnitude()
          }
        )
      }
      let keep = [1, 3, 12, 60][round % 4]
      let which = round % scenes.count
      try check(scenes[which], products[which], pieces, queries: 5, keeps: [keep], "\(pieces)")
    }
  }

  @Test("scales whose inverse overflows lose no row")
  func tinyScales() throws {
    let scene = CodeScene(dimension: 8, rows: 400, queries: 2, seed: 6)
    let products = scene.products()
    for scale: Float in [1e-37, 0x1p-130, 0x1p-140, .leastNonzeroMagnitude] {
      for base: Float in [0, 1e-38, -1, 1e20] {
        let pieces = [160..<400, 0..<160].map {
          Piece(rows: $0, bases: [base, -base], scales: [scale, scale])
        }
        try check(scene, products, pieces, queries: 2, keeps: [1, 12], "\(base), \(scale)")
      }
    }
  }

  @Test("pieces in any order give the same best rows")
  func anyOrder() throws {
    var generator = SplitMix64(seed: 7)
    let scene = CodeScene(dimension: 20, rows: 1_000, queries: 9, seed: 8) {
      Int8.random(in: -2...2, using: &$0)
    }
    let products = scene.products()
    for first in [0, 1_000_000, Int(UInt32.max) - 1_000] {
      for keep in [1, 10, 12, 100] {
        let whole = spread(0..<1_000, first: first, queries: 9, seed: 9)
        let expected = (0..<9).map {
          expectedBest(products[$0], [whole], query: $0, keep: keep)
        }
        for kernels in Int8Kernels.all {
          for _ in 0..<20 {
            var cuts = Set((0..<10).map { _ in Int.random(in: 1..<62, using: &generator) * 16 })
            cuts.formUnion([0, 1_000])
            let sorted = cuts.sorted()
            var pieces = zip(sorted, sorted.dropFirst()).map { start, end in
              var piece = whole
              piece.rows = start..<end
              return piece
            }
            pieces.shuffle(using: &generator)
            let found = try kernels.best(of: scene, pieces, queryCount: 9, keep: keep)
            try #require(found == expected, "\(kernels.name), keep \(keep)")
          }
        }
      }
    }
  }

  @Test("padding is never found")
  func padding() throws {
    // Every product is negative, so that a padded lane's zero would win.
    for rows in 1...70 {
      let scene = CodeScene(
        dimension: 6,
        vectors: [Int8](repeating: 127, count: rows * 6),
        queries: [Int8](repeating: -127, count: 6 * 9)
      )
      let piece = Piece(
        rows: 0..<rows,
        bases: .init(repeating: 0, count: 9),
        scales: .init(repeating: 1, count: 9)
      )
      try check(scene, scene.products(), [piece], queries: 9, keeps: [5, 100], "\(rows) rows")
    }
  }

  @Test("buffers of exactly the promised room are enough", arguments: [1, 2, 12, 47, 48, 49, 300])
  func room(keep: Int) throws {
    // Each row is better than all before, so that every one passes; canaries stand behind.
    let rows = 3_000
    let scene = CodeScene(
      dimension: 2,
      vectors: (0..<rows).flatMap { [Int8($0 / 127), Int8($0 % 127)] },
      queries: .init(
        [[127, 1], [127, 1], [-127, -1], [0, 0], [1, 127], [-1, 0], [127, 1]].joined()
      )
    )
    let piece = Piece(
      rows: 0..<rows,
      bases: .init(repeating: 0, count: 7),
      scales: .init(repeating: 1, count: 7)
    )
    try check(scene, scene.products(), [piece], queries: 7, keeps: [keep])
  }
}

@Suite("Integer scores")
struct Int8ScoreTests {
  @Test("every score by its definition", arguments: dimensions)
  func scores(dimension: Int) throws {
    let queries = 13
    for panels in dimension < 71 ? [1, 3, 4, 7] : [4, 5] {
      let rows = panels * 16
      let scene = CodeScene(dimension: dimension, rows: rows, queries: queries, seed: 5)
      let scales = SyntheticVectors.uniform(rows, dimension: 1, seed: 6)
      let biases = SyntheticVectors.uniform(rows, dimension: 1, seed: 7)
      let unit = SyntheticVectors.uniform(queries, dimension: 1, seed: 8).map { abs($0) }
      let probes = unsafe (0..<queries).map { unsafe scene.probe($0, base: 9, scale: unit[$0]) }
      let stride = rows + 3
      let expected = (0..<queries).flatMap { query in
        (0..<stride).map { row -> Float in
          guard row < rows else { return 77 }
          let scaled = Float(scene.product(query: query, row: row)) * scales[row]
          let product = scaled * unit[query]
          return product + biases[row]
        }
      }
      for kernels in Int8Kernels.all {
        for count in 1...queries {
          let out = AlignedMemory<Float>(count: queries * stride, canary: 77)
          unsafe kernels.table.pointee.score(
            scene.panels.start,
            panels,
            scene.steps,
            scales,
            biases,
            probes,
            count,
            out.start,
            stride
          )
          let found = out.elements
          let wanted = expected.prefix(count * stride)
          try #require(
            zip(found, wanted).allSatisfy { $0.bitPattern == $1.bitPattern }
              && found.dropFirst(count * stride).allSatisfy { $0 == 77 } && out.isWhole,
            "\(kernels.name), \(count) of \(queries), \(panels) panels"
          )
        }
      }
    }
  }
}
