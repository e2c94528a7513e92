internal import CTorchABI

/// The owner of one end of a group.
// @unchecked Sendable because libtorch's groups may be used from any thread; that one thread at a
// time does is the callers' part, as with the order of their calls.
@safe
private struct OwnedGroup: ~Copyable, @unchecked Sendable {
  let pointer: OpaquePointer
  let functions: TorchFunctions

  init(_ pointer: OpaquePointer, _ functions: TorchFunctions) {
    unsafe self.pointer = unsafe pointer
    self.functions = functions
  }

  deinit { unsafe functions.table.pointee.free_group(pointer) }
}

/// Processes, on one machine or several, that compute together: one rank's end of the group.
///
/// All ranks make the same calls in the same order, each in one thread at a time; a call returns
/// when its result is there. When a rank ends or hangs, the others' calls throw
/// ``TorchError/Code/peerLost`` within the time that the group was opened with, and the group is of
/// no use any more.
public final class ProcessGroup: Sendable {
  /// What carries the messages.
  public enum Kind: String, Sendable, CaseIterable {
    /// The network, for tensors of the host; `GLOO_SOCKET_IFNAME` in the environment names its
    /// interfaces, with commas between, where the one that the host's name belongs to is not meant.
    case gloo
    /// NVIDIA's library, from GPU to GPU, for tensors of GPUs.
    case nccl

    fileprivate var c: ctorch_group_kind { self == .gloo ? CTORCH_GLOO : CTORCH_NCCL }
  }

  private let owned: OwnedGroup
  /// The number of this rank, from 0.
  public let rank: Int
  /// How many ranks there are.
  public let worldSize: Int
  /// What carries the messages.
  public let kind: Kind

  /// Whether this libtorch has groups of a kind.
  ///
  /// - Throws: ``TorchError`` where libtorch cannot be opened.
  public static func isAvailable(_ kind: Kind) throws(TorchError) -> Bool {
    let functions = try TorchLibrary.shared().functions
    var answer = false
    try functions.check(
      unsafe functions.table.pointee.has_groups(kind.c, &answer),
      "process group"
    )
    return answer
  }

  /// Meets the other ranks; returns when all are there.
  ///
  /// - Parameters:
  ///   - kind: what is to carry the messages.
  ///   - rank: the number of this rank, below `worldSize`; each rank has another.
  ///   - worldSize: how many ranks there are.
  ///   - host: the address of rank 0's machine, which listens there.
  ///   - port: a port that is free there.
  ///   - timeout: how long to wait for the other ranks, here and in every call, in seconds.
  ///   - device: this rank's own GPU, for NCCL.
  /// - Throws: ``TorchError`` of ``TorchError/Code/peerLost`` where not all ranks come in time, and
  ///   of ``TorchError/Code/refused`` for numbers that make no sense and for a kind that this
  ///   libtorch does not have.
  public init(
    _ kind: Kind,
    rank: Int,
    worldSize: Int,
    host: String,
    port: UInt16,
    timeout: Double = 1800,
    device: Device = .cpu
  ) throws(TorchError) {
    let functions = try TorchLibrary.shared().functions
    var made: OpaquePointer?
    let status = unsafe host.withCString { host in
      unsafe functions.table.pointee.open_group(
        ctorch_group_plan(
          kind: kind.c,
          rank: Int32(clamping: rank),
          world_size: Int32(clamping: worldSize),
          host: host,
          port: port,
          timeout_seconds: timeout,
          device: device.c
        ),
        &made
      )
    }
    try functions.check(status, "process group")
    guard let made = unsafe made else {
      throw TorchError(operation: "process group", code: .unknown, message: "no group was made")
    }
    owned = unsafe OwnedGroup(made, functions)
    self.rank = rank
    self.worldSize = worldSize
    self.kind = kind
  }

  /// Replaces each tensor by its sum over all ranks.
  ///
  /// Small ones share messages, so that one call with many is faster than many calls.
  ///
  /// - Parameter tensors: of the same shapes and types in all ranks.
  /// - Throws: ``TorchError`` where a rank is lost, and for tensors that the group cannot carry or
  ///   whose memory is borrowed.
  public func allReduce(_ tensors: [Tensor]) throws(TorchError) {
    try unsafe call("allReduce", tensors) { table, group, list in
      unsafe table.pointee.all_reduce(group, list.baseAddress, Int64(list.count))
    }
  }

  /// Replaces a tensor by its sum over all ranks.
  ///
  /// - Throws: ``TorchError`` as for several.
  public func allReduce(_ tensor: Tensor) throws(TorchError) { try allReduce([tensor]) }

  /// Replaces each tensor by what it is in one rank.
  ///
  /// - Parameters:
  ///   - tensors: of the same shapes and types in all ranks.
  ///   - root: the rank that has what all are to have.
  /// - Throws: ``TorchError`` as for ``allReduce(_:)``.
  public func broadcast(_ tensors: [Tensor], from root: Int = 0) throws(TorchError) {
    try unsafe call("broadcast", tensors) { table, group, list in
      unsafe table.pointee.broadcast(
        group,
        list.baseAddress,
        Int64(list.count),
        Int32(clamping: root)
      )
    }
  }

  /// Replaces a tensor by what it is in one rank.
  ///
  /// - Throws: ``TorchError`` as for several.
  public func broadcast(_ tensor: Tensor, from root: Int = 0) throws(TorchError) {
    try broadcast([tensor], from: root)
  }

  /// The tensors of all ranks.
  ///
  /// - Parameter tensor: of one shape and type in all ranks.
  /// - Returns: shape [``worldSize``, shape of `tensor`…], without a record for gradients.
  /// - Throws: ``TorchError`` as for ``allReduce(_:)``.
  public func allGather(_ tensor: Tensor) throws(TorchError) -> Tensor {
    try withExtendedLifetime(self) { () throws(TorchError) -> Tensor in
      try unsafe tensor.make("allGather") { table, out in
        unsafe table.pointee.all_gather(owned.pointer, tensor.pointer, out)
      }
    }
  }

  /// Returns when all ranks have called this.
  ///
  /// - Throws: ``TorchError`` where a rank is lost.
  public func barrier() throws(TorchError) {
    try unsafe call("barrier", []) { table, group, _ in unsafe table.pointee.barrier(group) }
  }

  private func call(
    _ operation: String,
    _ tensors: [Tensor],
    _ body: (
      UnsafePointer<ctorch_table>, OpaquePointer, UnsafeBufferPointer<OpaquePointer?>
    ) -> ctorch_status
  ) throws(TorchError) {
    let functions = owned.functions
    let status = withExtendedLifetime(self) {
      unsafe Tensor.withHandles(tensors) { list in
        unsafe body(functions.table, owned.pointer, list)
      }
    }
    try functions.check(status, operation)
  }
}
