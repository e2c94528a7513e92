import CKernels
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

/// Centroids of groups of dimensions.
private struct Codebook {
  let ends: [UInt32]
  /// `[dimension, 16]`.
  let centroids: [Float]

  var groups: Int { ends.count }
  var dimension: Int { Int(ends.last ?? 0) }

  func dimensions(_ group: Int) -> Range<Int> {
    (group == 0 ? 0 : Int(ends[group - 1]))..<Int(ends[group])
  }

  func withPointer(_ body: (UnsafePointer<needle_fat_codebook>) -> Void) {
    unsafe ends.withUnsafeBufferPointer { ends in
      unsafe centroids.withUnsafeBufferPointer { centroids in
        guard let ends = ends.baseAddress, let first = centroids.baseAddress else { return }
        var book = unsafe needle_fat_codebook(groups: groups, ends: ends, centroids: first)
        unsafe body(&book)
      }
    }
  }
}

/// Vectors with a codebook; few values if `coarse`, so that centroids tie.
private struct Scene {
  let codebook: Codebook
  let vector: [Float]
  let other: [Float]

  init(groups: Int, most: Int, seed: UInt64, coarse: Bool = false, size: Float = 1) {
    var generator = SplitMix64(seed: seed)
    func values(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        coarse
          ? Float(Int.random(in: -1...1, using: &generator))
          : Float.random(in: -size...size, using: &generator)
      }
    }
    var ends: [UInt32] = []
    for _ in 0..<groups {
      ends.append((ends.last ?? 0) + UInt32.random(in: 1...UInt32(most), using: &generator))
    }
    let dimension = Int(ends.last ?? 0)
    codebook = Codebook(ends: ends, centroids: values(dimension * 16))
    vector = values(dimension)
    other = values(dimension)
  }

  static let all: [Scene] =
    [1, 4, 5, 96, 252, 256].flatMap { groups in
      (1...6).map { Scene(groups: groups, most: $0, seed: UInt64(groups + $0)) }
        + [
          Scene(groups: groups, most: 3, seed: 1, coarse: true),
          Scene(groups: groups, most: 3, seed: 2, size: 1e-30),
          Scene(groups: groups, most: 3, seed: 3, size: 1e15),
          Scene(groups: groups, most: 3, seed: 4, size: 0),
        ]
    }
}

private struct Table: Equatable {
  var entries: [UInt8]
  var scale: Float = 0
  var bias: Float = 0
}

private struct Encoded: Equatable {
  var codes: [UInt8]
  var own: Float = 0
  var other: Float = 0
}

extension Scene {
  fileprivate func table(_ level: needle_simd) throws -> Table {
    let entries = AlignedMemory<UInt8>(count: codebook.groups * 16, canary: 77)
    var table = Table(entries: [])
    let kernel = unsafe needle_fat_kernels_for(level).pointee.table
    unsafe codebook.withPointer { book in
      table.scale = unsafe kernel(vector, book, entries.start, &table.bias)
    }
    try #require(entries.isWhole)
    table.entries = entries.elements
    return table
  }

  /// Products of each group with its centroids.
  fileprivate var products: [[Float]] {
    (0..<codebook.groups).map { group in
      (0..<16).map { centroid in
        codebook.dimensions(group).reduce(0) {
          $0 + vector[$1] * codebook.centroids[$1 * 16 + centroid]
        }
      }
    }
  }

  fileprivate var expectedTable: Table {
    let minima = products.map { $0.min() ?? 0 }
    let widest = zip(products, minima).map { ($0.max() ?? 0) - $1 }.max() ?? 0
    let scale = widest < 1e-30 ? 1 : widest / 255
    let inverse = 1 / scale
    let entries = zip(products, minima).flatMap { products, least in
      products.map { UInt8(min(($0 - least) * inverse + 0.5, 255)) }
    }
    return Table(entries: entries, scale: scale, bias: minima.reduce(0, +))
  }

  fileprivate func encoded(_ level: needle_simd) throws -> Encoded {
    let codes = AlignedMemory<UInt8>(count: codebook.groups, canary: 77)
    var encoded = Encoded(codes: [])
    let kernel = unsafe needle_fat_kernels_for(level).pointee.encode
    unsafe codebook.withPointer { book in
      unsafe kernel(vector, other, book, codes.start, &encoded.own, &encoded.other)
    }
    try #require(codes.isWhole)
    encoded.codes = codes.elements
    return encoded
  }

  fileprivate var expectedCodes: Encoded {
    var encoded = Encoded(codes: [])
    for group in 0..<codebook.groups {
      let dimensions = codebook.dimensions(group)
      let distances = (0..<16).map { centroid in
        dimensions.reduce(Float(0)) {
          let difference = vector[$1] - codebook.centroids[$1 * 16 + centroid]
          return $0 + difference * difference
        }
      }
      let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
      encoded.codes.append(UInt8(nearest))
      for place in dimensions {
        encoded.own += vector[place] * codebook.centroids[place * 16 + nearest]
        encoded.other += other[place] * codebook.centroids[place * 16 + nearest]
      }
    }
    return encoded
  }
}

@Test func fatTablesFollowTheFormula() throws {
  for scene in Scene.all {
    let expected = scene.expectedTable
    for level in levels { try #require(try scene.table(level) == expected, "\(level)") }
  }
}

@Test func fatTablesComeNearTheProducts() throws {
  let scene = Scene(groups: 96, most: 4, seed: 9)
  let table = try scene.table(NEEDLE_SIMD_PORTABLE)
  for (group, products) in scene.products.enumerated() {
    let least = products.min() ?? 0
    for (centroid, product) in products.enumerated() {
      let entry = Float(table.entries[group * 16 + centroid])
      #expect(abs(least + table.scale * entry - product) <= 0.501 * table.scale)
    }
  }
}

@Test func fatCodesAreTheNearestCentroids() throws {
  for scene in Scene.all {
    let expected = scene.expectedCodes
    for level in levels { try #require(try scene.encoded(level) == expected, "\(level)") }
  }
}
