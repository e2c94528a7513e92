internal import CCuVS
public import VectorCore

/// A failure of cuVS, or to find it.
public struct CuVSError: NeedletailError, Equatable {
  /// What kind of failure.
  public enum Code: Sendable {
    /// No cuVS is there.
    case notFound
    /// It is there, but cannot be used: a library below it is missing, or it is of another release.
    case unusable
    /// cuVS says why: there is no GPU, its memory is full, or parameters make no sense.
    case refused
    /// Memory of the host could not be had.
    case outOfMemory
  }

  /// What was being done: "open", "search".
  public let operation: String
  /// What kind of failure.
  public let code: Code
  /// One line: what cuVS says of it, and the remedy where there is one.
  public let message: String

  /// Describes a failure.
  public init(operation: String, code: Code, message: String) {
    self.operation = operation
    self.code = code
    self.message = message
  }

  /// Missing input for the library, internal otherwise.
  public var kind: FailureKind { code == .notFound ? .missingInput : .internal }

  /// One line: `cuvs: operation: message`.
  public var description: String { "cuvs: \(operation): \(message)".onOneLine }
}

/// Throws what a status says; to be called at once, before anything else is asked of cuVS.
func check(_ status: ccuvs_status, _ operation: String) throws(CuVSError) {
  guard status != CCUVS_OK else { return }
  let message = unsafe String(cString: ccuvs_message())
  let (code, remedy): (CuVSError.Code, String) =
    switch status {
    case CCUVS_NOT_FOUND: (.notFound, "; \(CuVSLibrary.howToInstall)")
    case CCUVS_UNUSABLE: (.unusable, "; \(CuVSLibrary.howToInstall)")
    case CCUVS_NO_MEMORY: (.outOfMemory, "")
    default: (.refused, "; an NVIDIA GPU with free memory is needed, 'flat' and 'hnsw' need none")
    }
  throw CuVSError(operation: operation, code: code, message: message + remedy)
}
