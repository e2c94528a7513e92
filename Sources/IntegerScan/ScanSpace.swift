internal import CKernels
package import VectorCore

/// The space in which codes are compared: every metric is an inner product there, its axes turned
/// so that all carry about as much.
///
/// A vector x becomes R(x − μ), a query q becomes R(q), with the mean μ of the set and a random
/// rotation R; q·x and their product then differ by q·μ, which is the same for all x. For squared
/// Euclidean distance there is one dimension more, which holds the norm: with
/// x′ = (x − μ, (|x − μ|² − E) / 2w) and q′ = (q − μ, −w), q′·x′ = −|q − x|²/2 + a term of q alone.
/// E is the mean of |x − μ|², and w balances what the extra dimension costs both sides in precision.
package struct ScanSpace: Sendable {
  /// How vectors are compared.
  package let metric: Metric
  /// The mean of the set, `[vectors' dimension]`.
  package let mean: [Float]
  /// E, for squared Euclidean distance.
  package let normMean: Float
  /// w, for squared Euclidean distance.
  package let normWeight: Float
  private let rotation: Rotation

  /// Joins the parts; the seed fixes the rotation.
  package init(metric: Metric, mean: [Float], normMean: Float, normWeight: Float, seed: UInt64) {
    self.metric = metric
    self.mean = mean
    self.normMean = normMean
    self.normWeight = normWeight
    rotation = Rotation(dimension: Self.dimension(of: mean.count, metric: metric), seed: seed)
  }

  /// The length that vectors of `dimension` have in this space.
  package static func dimension(of dimension: Int, metric: Metric) -> Int {
    dimension + (metric == .squaredL2 ? 1 : 0)
  }

  /// The length of vectors in this space.
  package var dimension: Int { rotation.dimension }

  /// Writes the image of a vector of the set, `[dimension]`.
  package func place(
    vector: UnsafePointer<Float>,
    into image: UnsafeMutablePointer<Float>
  ) {
    for column in mean.indices { unsafe image[column] = vector[column] - mean[column] }
    if metric == .squaredL2 {
      let norm = unsafe squaredNorm(image, mean.count)
      unsafe image[mean.count] = Float((norm - Double(normMean)) / (2 * Double(normWeight)))
    }
    unsafe rotation.apply(image)
  }

  /// Writes the vector, `[vectors' dimension]`, of which `image` is the image; overwrites the image.
  package func restore(
    _ image: UnsafeMutablePointer<Float>,
    into vector: UnsafeMutablePointer<Float>
  ) {
    unsafe rotation.undo(image)
    for column in mean.indices { unsafe vector[column] = image[column] + mean[column] }
  }

  /// What all distances from a query, smaller is nearer, have in common: a distance is this less the
  /// product of the images, or less twice the product for squared Euclidean distance.
  package func commonDistance(of query: UnsafePointer<Float>) -> Float {
    let isL2 = metric == .squaredL2
    let sum = unsafe mean.withUnsafeBufferPointer { mean in
      unsafe mean.baseAddress.map { mean in
        let count = self.mean.count
        return unsafe isL2 ? squaredDistance(query, mean, count) : product(query, mean, count)
      } ?? 0
    }
    return Float(metric == .squaredL2 ? sum + Double(normMean) : -sum)
  }

  /// Writes the image of a query, `[dimension]`, and returns its length.
  package func place(
    query: UnsafePointer<Float>,
    into image: UnsafeMutablePointer<Float>
  ) -> Float {
    if metric == .squaredL2 {
      for column in mean.indices { unsafe image[column] = query[column] - mean[column] }
      unsafe image[mean.count] = -normWeight
    } else {
      unsafe image.update(from: query, count: mean.count)
    }
    let norm = unsafe squaredNorm(image, dimension)
    unsafe rotation.apply(image)
    return Float(norm.squareRoot())
  }
}

/// Σ values², in an order that does not depend on the machine.
package func squaredNorm(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
  unsafe product(values, values, count)
}

/// Σ first · second, in an order that does not depend on the machine.
private func product(
  _ first: UnsafePointer<Float>,
  _ second: UnsafePointer<Float>,
  _ count: Int
) -> Double {
  unsafe sum(first, second, count, by: needle_sum_kernels_for(needle_simd_level()).pointee.products)
}

/// Σ (first − second)², in an order that does not depend on the machine.
private func squaredDistance(
  _ first: UnsafePointer<Float>,
  _ second: UnsafePointer<Float>,
  _ count: Int
) -> Double {
  let kernels = unsafe needle_sum_kernels_for(needle_simd_level())
  return unsafe sum(first, second, count, by: kernels.pointee.squared_differences)
}

private func sum(
  _ first: UnsafePointer<Float>,
  _ second: UnsafePointer<Float>,
  _ count: Int,
  by kernel: needle_sum_pointer
) -> Double {
  var sums = SIMD8<Double>.zero
  unsafe withUnsafeMutableBytes(of: &sums) { bytes in
    guard let lanes = unsafe bytes.assumingMemoryBound(to: Double.self).baseAddress else { return }
    unsafe kernel(first, second, count, lanes)
  }
  return sums.sum()
}
