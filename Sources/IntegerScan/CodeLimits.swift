internal import CKernels
package import VectorCore

/// The longest vectors whose code products fit 32 bits; squared distance takes a dimension more.
package let longestCodedVector = Int(needle_int8_max_dimension) - 1

/// Refuses vectors that are too long for codes.
///
/// - Parameters:
///   - vectors: the set.
///   - specification: what was asked for, for the message.
/// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)``.
package func checkCodedDimension(of vectors: VectorSet, for specification: String) throws {
  guard vectors.dimension > longestCodedVector else { return }
  throw IndexError.invalidParameter(
    name: "the dimension of \(vectors.name)",
    value: "\(vectors.dimension)",
    allowed: "1 to \(longestCodedVector) with \(specification); use flat for longer vectors"
  )
}
