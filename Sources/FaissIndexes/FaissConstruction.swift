internal import IndexStore
internal import VectorCore

/// The way of vectors from a set into an index: trained on a sample, added block by block.
struct FaissConstruction {
  let vectors: VectorSet
  let options: BuildOptions

  /// Builds the index that `description` describes.
  ///
  /// - Parameters:
  ///   - description: kind and parameters.
  ///   - trainingRows: how many vectors to train on; `nil` for an index that is not trained.
  ///   - blockRows: how many vectors to add at a time.
  /// - Returns: an index of all vectors.
  /// - Throws: ``FaissError``, or what reading the vectors throws.
  func build(
    _ description: FaissDescription,
    trainingRows: Int? = nil,
    blockRows: Int
  ) throws -> FaissHandle {
    var builder = try FaissBuilder(description, on: options.gpu)
    // A set that is read whole to be trained on is not read again to be added.
    var sample: [Float]?
    if let trainingRows {
      let trained = try train(builder, rows: trainingRows)
      if trainingRows >= vectors.count { sample = trained }
    }
    for start in stride(from: 0, to: vectors.count, by: blockRows) {
      let rows = start..<min(start + blockRows, vectors.count)
      let block =
        if let sample {
          Array(sample[rows.lowerBound * vectors.dimension..<rows.upperBound * vectors.dimension])
        } else {
          try read(rows, description)
        }
      try builder.add(block, threads: options.threads)
      options.progress(
        BuildProgress(phase: "adding", done: rows.upperBound, total: vectors.count)
      )
    }
    return try builder.finish()
  }

  /// Trains on `rows` vectors drawn by the seed, in the order of the set.
  private func train(_ builder: borrowing FaissBuilder, rows: Int) throws -> [Float] {
    let count = min(rows, vectors.count)
    options.progress(BuildProgress(phase: "training", done: 0, total: count))
    let sample = try read(drawn: count, builder.description)
    // k-means wants two vectors at least: a single one is its own twin.
    try builder.train(vectors.count == 1 ? sample + sample : sample, threads: options.threads)
    options.progress(BuildProgress(phase: "training", done: count, total: count))
    return sample
  }

  private func read(drawn count: Int, _ description: FaissDescription) throws -> [Float] {
    guard count < vectors.count else { return try read(0..<count, description) }
    let drawn = seededShuffle(of: vectors.count, seed: options.seed).prefix(count).sorted()
    var sample: [Float] = []
    sample.reserveCapacity(count * vectors.dimension)
    for row in drawn { sample += try read(Int(row)..<Int(row) + 1, description) }
    return sample
  }

  /// Rows of the set, `[rows.count, dimension]`, prepared for the metric and none too long.
  private func read(_ rows: Range<Int>, _ description: FaissDescription) throws -> [Float] {
    var block = [Float](repeating: 0, count: rows.count * vectors.dimension)
    var span = block.mutableSpan
    try vectors.copyRows(rows, preparedFor: options.metric, into: &span)
    try description.checkLengths(block, what: vectors.name, firstRow: rows.lowerBound)
    return block
  }
}
