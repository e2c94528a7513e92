internal import CTorchABI
public import VectorCore

/// A failure of libtorch, or to find it.
public struct TorchError: NeedletailError, Equatable {
  /// What kind of failure.
  public enum Code: Sendable {
    /// libtorch refused the arguments of an operation: shapes, types, indexes.
    case refused
    /// Memory of the host or of a device could not be had.
    case outOfMemory
    /// A process of a group has gone, or did not answer in time.
    case peerLost
    /// No libCTorch is there.
    case notFound
    /// libCTorch is there, but cannot be used: a library below it is missing, it was built without
    /// libtorch or for another release of Needletail, or it computes wrong products.
    case unusable
    /// A device's or a type's name that means nothing, or a device that is not there.
    case unknownName
    /// Something that libtorch does not say.
    case unknown
  }

  /// What was being done: "matmul", "open".
  public let operation: String
  /// What kind of failure.
  public let code: Code
  /// One line: what libtorch says of it, and the remedy where there is one.
  public let message: String

  /// Describes a failure.
  public init(operation: String, code: Code, message: String) {
    self.operation = operation
    self.code = code
    self.message = message
  }

  /// Missing input for the library, usage for names, internal otherwise.
  public var kind: FailureKind {
    switch code {
    case .notFound: .missingInput
    case .unknownName: .usage
    case .refused, .outOfMemory, .peerLost, .unusable, .unknown: .internal
    }
  }

  /// One line: `torch: operation: message`.
  public var description: String { "torch: \(operation): \(message)" }
}

extension TorchFunctions {
  /// Throws what a status says; to be called at once, before anything else is asked of libtorch.
  func check(_ status: ctorch_status, _ operation: String) throws(TorchError) {
    guard status != CTORCH_OK else { return }
    let message = unsafe String(cString: table.pointee.last_error())
    throw
      switch status
    {
    case CTORCH_REFUSED:
      TorchError(operation: operation, code: .refused, message: message)
    case CTORCH_NO_MEMORY:
      TorchError(
        operation: operation,
        code: .outOfMemory,
        message: message + "; use smaller batches, shorter texts or a smaller type"
      )
    case CTORCH_PEER_LOST:
      TorchError(operation: operation, code: .peerLost, message: message)
    default:
      TorchError(operation: operation, code: .unknown, message: message)
    }
  }
}
