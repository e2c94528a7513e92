internal import CTorchABI

/// Attention, of blocks and of packed texts.
extension Tensor {
  /// Scaled dot-product attention (Vaswani et al., arXiv:1706.03762): softmax(s q kᵀ + mask) v.
  ///
  /// - Parameters:
  ///   - keys: `[…, heads, keys, size]`, where this, the queries, is `[…, heads, queries, size]`.
  ///   - values: `[…, heads, keys, size]`.
  ///   - mask: broadcast to `[…, heads, queries, keys]`: true where a key may be seen, or numbers
  ///     to add, of the type of this. A query that may see no key has no defined result.
  ///   - scale: s; `nil` for 1 / sqrt(size). T5 has 1.
  ///   - dropout: the probability with which a weight is zeroed.
  /// - Returns: `[…, heads, queries, size]`.
  /// - Throws: ``TorchError`` where the shapes do not agree.
  public func attention(
    _ keys: Tensor,
    _ values: Tensor,
    mask: Tensor? = nil,
    scale: Double? = nil,
    dropout: Double = 0
  ) throws(TorchError) -> Tensor {
    let size = try size(-1, "attention")
    let scale = scale ?? 1 / Double(Swift.max(size, 1)).squareRoot()
    return try unsafe make("attention", keeping: [keys, values, mask]) {
      unsafe $0.pointee.attention(
        pointer,
        keys.pointer,
        values.pointer,
        mask?.pointer,
        scale,
        dropout,
        $1
      )
    }
  }

  /// Whether ``packedAttention(lengths:heads:scale:dropout:)`` takes such projections.
  ///
  /// - Parameter heads: at least 1.
  /// - Returns: true for `[tokens, 3 * heads * size]` of ``DType/float32`` on the CPU, where the size is a
  ///   multiple of 16.
  public func fitsPackedAttention(heads: Int) -> Bool {
    device.kind == .cpu && dtype == .float32 && shape.count == 2 && shape[1] > 0
      && shape[1].isMultiple(of: 3 * 16 * heads)
  }

  /// Scaled dot-product attention of texts to themselves, whose projections stand in rows, on the CPU.
  ///
  /// All heads of all texts are computed at once, each in the nearest cache. What is dropped depends on
  /// the generator's seed, and on neither the threads nor the processor.
  ///
  /// - Parameters:
  ///   - lengths: the numbers of tokens of the texts, each at least 1, in the order of their rows.
  ///   - heads: at least 1.
  ///   - scale: what scores are multiplied by, above 0; `nil` for 1 / sqrt(size).
  ///   - dropout: the probability with which a weight is zeroed, below 1.
  /// - Returns: `[tokens, heads * size]`, where this is `[tokens, 3 * heads * size]`: the queries of all
  ///   heads, then the keys, then the values.
  /// - Throws: ``TorchError`` where ``fitsPackedAttention(heads:)`` is false, or the texts have not as
  ///   many tokens as there are rows.
  /// - Complexity: O(heads · size · Σ length²) time; the gradient keeps nothing but the projections.
  public func packedAttention(
    lengths: [Int],
    heads: Int,
    scale: Double? = nil,
    dropout: Double = 0
  ) throws(TorchError) -> Tensor {
    let size = try size(-1, "packedAttention") / (3 * Swift.max(heads, 1))
    let scale = scale ?? 1 / Double(Swift.max(size, 1)).squareRoot()
    return try unsafe make("packedAttention") { table, out in
      unsafe withSizes(lengths) {
        unsafe table.pointee.packed_attention(pointer, $0, Int64(heads), scale, dropout, out)
      }
    }
  }
}
