package import IndexStore
internal import VectorCore

/// In a file a space is the section `mean`, f32 `[dimension]`, and the attributes `norm-mean` and
/// `norm-weight`, bits of f32; the index's seed fixes the rotation.
extension ScanSpace {
  /// Writes the space beside an index's own sections.
  package func store(in writer: inout IndexFileWriter) throws {
    writer.attributes["norm-mean"] = Int(normMean.bitPattern)
    writer.attributes["norm-weight"] = Int(normWeight.bitPattern)
    try writer.write("mean", SharedArray(mean))
  }

  /// Reads the space of an index.
  ///
  /// - Throws: ``VectorCore/FileError`` for numbers that make no sense.
  package init(_ file: IndexFile) throws {
    let summary = file.summary
    let mean = try file.array("mean", of: Float.self, count: summary.dimension)
    if let column = (0..<mean.count).first(where: { !mean[$0].isFinite }) {
      throw file.corrupt(section: "mean", place: "entry \(column)", reason: "\(mean[column])")
    }
    let numbers = try ["norm-mean", "norm-weight"].map { name in
      let bits = try file.attribute(name, in: 0...Int(UInt32.max))
      return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    }
    guard numbers.allSatisfy({ $0 >= 0 }), numbers[1] > 0 else {
      throw file.corrupt(
        section: "metadata",
        reason: "norm-mean \(numbers[0]) and norm-weight \(numbers[1]) make no sense"
      )
    }
    self.init(
      metric: summary.metric,
      mean: (0..<mean.count).map { mean[$0] },
      normMean: numbers[0],
      normWeight: numbers[1],
      seed: summary.seed
    )
  }
}
