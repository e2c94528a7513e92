internal import CTorchABI

/// Over dimensions. A reduced dimension goes away, or stays with size 1 where `keep` says so; no
/// dimensions are all.
extension Tensor {
  /// The sums.
  public func sum(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
    try unsafe make("sum") { table, out in
      unsafe withSizes(dimensions) { unsafe table.pointee.sum(pointer, $0, keep, out) }
    }
  }

  /// The means of floating-point numbers.
  public func mean(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
    try unsafe make("mean") { table, out in
      unsafe withSizes(dimensions) { unsafe table.pointee.mean(pointer, $0, keep, out) }
    }
  }

  /// The largest elements.
  public func max(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
    try unsafe make("max") { table, out in
      unsafe withSizes(dimensions) { unsafe table.pointee.maximum(pointer, $0, keep, out) }
    }
  }

  /// log(sum(exp(x))), without overflow.
  public func logSumExp(
    _ dimensions: [Int] = [],
    keep: Bool = false
  ) throws(TorchError) -> Tensor {
    try unsafe make("logSumExp") { table, out in
      unsafe withSizes(dimensions) { unsafe table.pointee.log_sum_exp(pointer, $0, keep, out) }
    }
  }

  /// The indexes of the largest elements along a dimension; one of them where there are ties.
  public func argmax(_ dimension: Int, keep: Bool = false) throws(TorchError) -> Tensor {
    try unsafe make("argmax") {
      unsafe $0.pointee.argmax(pointer, Int64(dimension), keep, $1)
    }
  }

  /// The sums of all elements up to each.
  public func cumulativeSum(_ dimension: Int) throws(TorchError) -> Tensor {
    try unsafe make("cumulativeSum") {
      unsafe $0.pointee.cumulative_sum(pointer, Int64(dimension), $1)
    }
  }

  /// The `k` largest elements along a dimension, largest first, and their indexes; which of equal
  /// ones is first is up to libtorch.
  ///
  /// - Throws: ``TorchError`` where there are fewer than `k`.
  public func topK(
    _ k: Int,
    _ dimension: Int = -1
  ) throws(TorchError) -> (values: Tensor, indexes: Tensor) {
    var status = CTORCH_OK
    var second: OpaquePointer?
    let values = try unsafe make("topK") { table, out in
      status = unsafe table.pointee.top_k(pointer, Int64(k), Int64(dimension), out, &second)
      return status
    }
    let indexes = try unsafe Tensor("topK", functions) { _, out in
      unsafe out.pointee = unsafe second
      return status
    }
    return (values, indexes)
  }

  /// exp(x) / sum(exp(x)) along a dimension.
  public func softmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
    try unsafe make("softmax") { unsafe $0.pointee.softmax(pointer, Int64(dimension), $1) }
  }

  /// The logarithm of ``softmax(_:)``.
  public func logSoftmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
    try unsafe make("logSoftmax") {
      unsafe $0.pointee.log_softmax(pointer, Int64(dimension), $1)
    }
  }

  /// Divides by the Euclidean norm along a dimension, or by `epsilon` where that is greater.
  public func normalized(
    _ dimension: Int = -1,
    epsilon: Double = 1e-12
  ) throws(TorchError) -> Tensor {
    try unsafe make("normalized") {
      unsafe $0.pointee.normalize(pointer, Int64(dimension), epsilon, $1)
    }
  }
}
