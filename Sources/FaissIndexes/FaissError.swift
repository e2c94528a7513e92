internal import CFaiss
public import VectorCore

/// A failure in faiss or in the BLAS under it.
public struct FaissError: NeedletailError, Equatable {
  /// What kind of failure; the numbers are those of the C interface.
  public enum Code: UInt32, Sendable {
    /// faiss refused a call.
    case refused = 1
    /// Memory could not be had.
    case outOfMemory = 2
    /// Bytes are not the index that they should be.
    case corrupt = 3
    /// The BLAS computes wrong products on this processor.
    case wrongProducts = 4
    /// Something that faiss does not say.
    case unknown = 5
    /// A vector is too long for distances in single precision.
    case tooLong = 6
    /// There is no such GPU, or a faiss without GPUs.
    case noGPU = 7
  }

  /// What was being done: "add", "search".
  public let operation: String
  /// What kind of failure.
  public let code: Code
  /// One line: what faiss says of it, and the remedy where there is one.
  public let message: String

  /// Describes a failure.
  public init(operation: String, code: Code, message: String) {
    self.operation = operation
    self.code = code
    self.message = message
  }

  /// Bad data for vectors and bytes, usage for a GPU that is not there, internal otherwise.
  public var kind: FailureKind {
    switch code {
    case .tooLong, .corrupt: .badData
    case .noGPU: .usage
    case .refused, .outOfMemory, .wrongProducts, .unknown: .internal
    }
  }

  /// One line: `faiss: operation: message`.
  public var description: String { "faiss: \(operation): \(message)" }
}

/// Throws what a status says; to be called at once, before anything else is asked of faiss.
func check(_ status: cfaiss_status, _ operation: String) throws(FaissError) {
  guard status != CFAISS_OK else { return }
  throw FaissError(
    operation: operation,
    code: FaissError.Code(rawValue: UInt32(status.rawValue)) ?? .unknown,
    message: unsafe String(cString: cfaiss_message())
  )
}
