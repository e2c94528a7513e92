internal import CFaiss
package import VectorCore

/// What an index is made of, before any vector is in it.
package struct FaissDescription: Sendable {
  /// The three kinds of index, with what only they know.
  package enum Kind: Sendable {
    /// Vectors as they are, searched one by one.
    case flat
    /// Cells of product-quantized residuals.
    case ivfpq(IVFPQParameters)
    /// A graph over vectors as they are.
    case hnsw(links: Int, efConstruction: Int)
  }

  package let kind: Kind
  package let metric: Metric
  package let dimension: Int
  package let seed: UInt64

  package init(_ kind: Kind, metric: Metric, dimension: Int, seed: UInt64) {
    self.kind = kind
    self.metric = metric
    self.dimension = dimension
    self.seed = seed
  }

  /// The longest vector that may enter, as a squared length.
  ///
  /// Above it distances overflow, and faiss writes out of bounds where one is not a number; its
  /// product quantizer also takes any distance above 1e20 for infinite.
  var longestSquared: Double {
    if case .ivfpq = kind { 1e19 } else { 1e37 }
  }

  /// The description for the C interface.
  ///
  /// faiss seeds with 31 bits: the lowest of the seed, so that small seeds mean the same to both.
  var cDescription: cfaiss_description {
    var result = cfaiss_description()
    result.inner_product = metric != .squaredL2
    result.dimension = Int32(dimension)
    result.seed = Int32(seed & 0x7fff_ffff)
    switch kind {
    case .flat:
      result.kind = CFAISS_FLAT
    case .ivfpq(let parameters):
      result.kind = CFAISS_IVFPQ
      result.nlist = Int64(parameters.nlist)
      result.m = Int64(parameters.m)
      result.nbits = Int64(parameters.nbits)
      result.by_residual = parameters.byResidual
      result.niter = Int32(parameters.niter)
      result.pq_niter = Int32(parameters.pqNiter)
      result.nredo = Int32(parameters.nredo)
      result.max_points_per_centroid = Int32(parameters.maxPointsPerCentroid)
    case .hnsw(let links, let efConstruction):
      result.kind = CFAISS_HNSW
      result.links = Int32(links)
      result.ef_construction = Int32(efConstruction)
    }
    return result
  }
}

extension FaissDescription {
  /// Refuses vectors whose distances would overflow.
  ///
  /// - Parameters:
  ///   - values: `[n, dimension]`.
  ///   - what: what a message calls the set.
  ///   - firstRow: the number of the first vector, for messages.
  /// - Throws: ``FaissError`` with the code `tooLong`.
  func checkLengths(_ values: [Float], what: String, firstRow: Int) throws(FaissError) {
    let rows = values.count / dimension
    let row = unsafe cfaiss_first_longer(values, rows, dimension, longestSquared)
    guard row < rows else { return }
    throw FaissError(
      operation: "read \(what)",
      code: .tooLong,
      message: "row \(firstRow + row): the vector's squared length is above \(longestSquared), "
        + "too much for distances in single precision; scale all vectors down"
    )
  }
}
