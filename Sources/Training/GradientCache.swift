internal import Encoding
internal import Torch
internal import TrainingData
internal import VectorCore

/// Gradients of batches whose record does not fit into memory: GradCache (Gao and others,
/// arXiv:2101.06983).
///
/// All texts are encoded without a record first. The loss gives the gradient of each vector; then the
/// texts are encoded again, a chunk at a time with a record, through which the gradients of the
/// chunk's vectors flow on. The result is that of the whole batch; memory is that of a chunk, and the
/// price is a second encoding.
public struct GradientCache: Sendable, Equatable {
  /// Queries that are recorded at once; at least 1.
  public let queryChunk: Int
  /// Passages that are recorded at once; at least 1.
  public let passageChunk: Int

  /// Sets the sizes of chunks.
  public init(queryChunk: Int, passageChunk: Int) {
    precondition(queryChunk > 0 && passageChunk > 0, "a chunk holds something")
    self.queryChunk = queryChunk
    self.passageChunk = passageChunk
  }

  /// Some texts of one side, and the seed of what is dropped of them in both encodings.
  private struct Chunk {
    let side: TextSide
    let texts: ArraySlice<[Int32]>
    let seed: UInt64
  }

  /// As ``BatchGradients/add(_:factor:seed:)``, with the factor for this rank.
  func add(
    _ batch: TrainingBatch,
    to gradients: BatchGradients,
    scale: Double,
    seed: UInt64
  ) throws -> Double {
    let chunks =
      chunks(of: batch.queries, .query, queryChunk, seed, from: 0)
      + chunks(of: batch.passages, .passage, passageChunk, seed, from: batch.queries.count)
    let vectors = try withoutGradients {
      try chunks.map { try self.vectors(of: $0, gradients) }
    }
    func leaf(_ side: TextSide) throws -> Tensor {
      let parts = zip(chunks, vectors).filter { $0.0.side == side }.map(\.1)
      let all = try Tensor.cat(parts)
      try all.setRequiresGradient()
      return all
    }
    let queries = try leaf(.query)
    let passages = try leaf(.passage)
    let loss = try gradients.loss(of: batch, queries: queries, passages: passages)
    try (loss * scale).backward()
    var next = [TextSide.query: 0, .passage: 0]
    for chunk in chunks {
      guard let wanted = try (chunk.side == .query ? queries : passages).gradient() else {
        continue
      }
      let start = next[chunk.side, default: 0]
      next[chunk.side] = start + chunk.texts.count
      let part = try wanted.narrow(0, start: start, length: chunk.texts.count)
      try self.vectors(of: chunk, gradients).backward(part)
    }
    return try loss.item()
  }

  private func chunks(
    of texts: [[Int32]],
    _ side: TextSide,
    _ size: Int,
    _ seed: UInt64,
    from first: Int
  ) -> [Chunk] {
    stride(from: 0, to: texts.count, by: size).map { start in
      Chunk(
        side: side,
        texts: texts[start..<min(start + size, texts.count)],
        seed: SplitMix64.value(seed: seed, at: UInt64(first + start))
      )
    }
  }

  private func vectors(of chunk: Chunk, _ gradients: BatchGradients) throws -> Tensor {
    try RandomNumbers.seeded(chunk.seed) {
      try gradients.retriever.vectors(of: chunk.texts, chunk.side, drops: gradients.drops)
    }
  }
}
