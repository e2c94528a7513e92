internal import CTorchABI

/// The same elements in another shape, or some of them; views where libtorch can make them.
extension Tensor {
  /// The elements in another shape; one size may be -1 and is what the others leave.
  ///
  /// - Throws: ``TorchError`` where the number of elements is another.
  public func reshape(_ shape: [Int]) throws(TorchError) -> Tensor {
    try unsafe make("reshape") { table, out in
      unsafe withSizes(shape) { unsafe table.pointee.reshape(pointer, $0, out) }
    }
  }

  /// The dimensions in another order: dimension `i` of the result is `dimensions[i]`.
  ///
  /// - Throws: ``TorchError`` where it is no permutation.
  public func permute(_ dimensions: [Int]) throws(TorchError) -> Tensor {
    try unsafe make("permute") { table, out in
      unsafe withSizes(dimensions) { unsafe table.pointee.permute(pointer, $0, out) }
    }
  }

  /// Repeats dimensions of size 1 without a copy; -1 keeps a size.
  ///
  /// - Throws: ``TorchError`` where another dimension would change.
  public func expand(_ shape: [Int]) throws(TorchError) -> Tensor {
    try unsafe make("expand") { table, out in
      unsafe withSizes(shape) { unsafe table.pointee.expand(pointer, $0, out) }
    }
  }

  /// Swaps two dimensions.
  ///
  /// - Throws: ``TorchError`` where one of them is not there.
  public func transpose(_ first: Int, _ second: Int) throws(TorchError) -> Tensor {
    try unsafe make("transpose") { table, out in
      unsafe table.pointee.transpose(pointer, Int64(first), Int64(second), out)
    }
  }

  /// Puts a dimension of size 1 at `dimension`.
  ///
  /// - Throws: ``TorchError`` where it would stand beyond the last one.
  public func unsqueeze(_ dimension: Int) throws(TorchError) -> Tensor {
    try unsafe make("unsqueeze") { table, out in
      unsafe table.pointee.unsqueeze(pointer, Int64(dimension), out)
    }
  }

  /// Drops a dimension whose size is 1; another is kept.
  ///
  /// - Throws: ``TorchError`` where it is not there.
  public func squeeze(_ dimension: Int) throws(TorchError) -> Tensor {
    try unsafe make("squeeze") { table, out in
      unsafe table.pointee.squeeze(pointer, Int64(dimension), out)
    }
  }

  /// The elements in row-major memory; the same tensor where they are.
  ///
  /// - Throws: ``TorchError`` where there is no memory.
  public func contiguous() throws(TorchError) -> Tensor {
    try unsafe make("contiguous") { table, out in
      unsafe table.pointee.contiguous(pointer, out)
    }
  }

  /// The elements of `range` along a dimension, every `step`-th.
  ///
  /// - Throws: ``TorchError`` where the range is not inside, or the step is not positive.
  public func slice(
    _ dimension: Int,
    _ range: Range<Int>,
    step: Int = 1
  ) throws(TorchError) -> Tensor {
    // libtorch cuts a range to what is there without a word.
    let size = try size(dimension, "slice")
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw TorchError(
        operation: "slice",
        code: .refused,
        message: "\(range) is not inside 0..<\(size) of dimension \(dimension) of \(shape)"
      )
    }
    return try unsafe make("slice") { table, out in
      unsafe table.pointee.slice(
        pointer,
        Int64(dimension),
        Int64(range.lowerBound),
        Int64(range.upperBound),
        Int64(step),
        out
      )
    }
  }

  /// `length` elements along a dimension, from `start` on.
  ///
  /// - Throws: ``TorchError`` where they are not all there.
  public func narrow(
    _ dimension: Int,
    start: Int,
    length: Int
  ) throws(TorchError) -> Tensor {
    try unsafe make("narrow") { table, out in
      unsafe table.pointee.narrow(pointer, Int64(dimension), Int64(start), Int64(length), out)
    }
  }

  /// One element along a dimension, which goes away.
  ///
  /// - Throws: ``TorchError`` where it is not there.
  public func select(_ dimension: Int, _ index: Int) throws(TorchError) -> Tensor {
    try unsafe make("select") { table, out in
      unsafe table.pointee.select(pointer, Int64(dimension), Int64(index), out)
    }
  }

  /// Elements along a dimension, chosen by a vector of indexes.
  ///
  /// - Throws: ``TorchError`` where an index is not there.
  public func indexSelect(_ dimension: Int, _ indexes: Tensor) throws(TorchError) -> Tensor {
    try unsafe make("indexSelect", keeping: [indexes]) { table, out in
      unsafe table.pointee.index_select(pointer, Int64(dimension), indexes.pointer, out)
    }
  }

  /// One element along a dimension for each index, which has as many dimensions.
  ///
  /// - Throws: ``TorchError`` where an index is not there, or the shapes do not agree.
  public func gather(_ dimension: Int, _ indexes: Tensor) throws(TorchError) -> Tensor {
    try unsafe make("gather", keeping: [indexes]) { table, out in
      unsafe table.pointee.gather(pointer, Int64(dimension), indexes.pointer, out)
    }
  }

  /// Tensors one after the other along a dimension.
  ///
  /// - Throws: ``TorchError`` where there are none, or the other sizes are not the same.
  public static func cat(_ parts: [Tensor], _ dimension: Int = 0) throws(TorchError) -> Tensor {
    try unsafe joined("cat", parts) { table, handles, out in
      unsafe table.pointee.cat(
        handles.baseAddress,
        Int64(handles.count),
        Int64(dimension),
        out
      )
    }
  }

  /// Tensors of one shape along a new dimension.
  ///
  /// - Throws: ``TorchError`` where there are none, or the shapes are not the same.
  public static func stack(_ parts: [Tensor], _ dimension: Int = 0) throws(TorchError) -> Tensor {
    try unsafe joined("stack", parts) { table, handles, out in
      unsafe table.pointee.stack(
        handles.baseAddress,
        Int64(handles.count),
        Int64(dimension),
        out
      )
    }
  }

  private static func joined(
    _ operation: String,
    _ parts: [Tensor],
    _ call: (
      UnsafePointer<ctorch_table>,
      UnsafeBufferPointer<OpaquePointer?>,
      UnsafeMutablePointer<OpaquePointer?>
    ) -> ctorch_status
  ) throws(TorchError) -> Tensor {
    let functions = try TorchLibrary.shared().functions
    return try unsafe Tensor(operation, functions) { table, out in
      unsafe withHandles(parts) { handles in unsafe call(table, handles, out) }
    }
  }

  /// The size of a dimension, counted from the first or from the last.
  func size(_ dimension: Int, _ operation: String) throws(TorchError) -> Int {
    let place = dimension < 0 ? dimension + rank : dimension
    guard shape.indices.contains(place) else {
      throw TorchError(
        operation: operation,
        code: .refused,
        message: "a tensor of shape \(shape) has no dimension \(dimension)"
      )
    }
    return shape[place]
  }
}
