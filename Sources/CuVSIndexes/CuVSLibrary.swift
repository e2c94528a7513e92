internal import CCuVS
internal import Glibc

/// cuVS, opened when an index first needs it.
///
/// It is no dependency of the program: Needletail opens `libcuvs_c.so` at the path in the environment's
/// `NEEDLETAIL_CUVS`, else where the system's loader finds it. Once open it stays so.
// @unchecked Sendable because nobody changes what the pointer points to.
@safe
package struct CuVSLibrary: @unchecked Sendable {
  let functions: OpaquePointer

  /// The environment's variable that holds the path of the library.
  package static let variable = "NEEDLETAIL_CUVS"
  static let howToInstall =
    "install it with 'pip install libcuvs-cu13 nvidia-cuda-runtime', and name its "
    + "libcuvs/lib64/libcuvs_c.so in \(variable)"

  /// A library in place of the system's, for what runs within.
  @TaskLocal package static var replaced: CuVSLibrary?

  private static let opened = Result { () throws(CuVSError) in try open(at: location()) }

  private init(_ functions: OpaquePointer) { unsafe self.functions = functions }

  /// The library of this process; opens it at the first call, in whichever thread.
  ///
  /// - Throws: ``CuVSError`` where it cannot be had, each time for the same reason.
  package static func shared() throws(CuVSError) -> CuVSLibrary {
    if let replaced { return replaced }
    return try opened.get()
  }

  /// The release: "26.10.0".
  package var version: String {
    var parts: [Int32] = [0, 0, 0]
    unsafe ccuvs_version(functions, &parts)
    return Self.release(parts.map { Int($0) })
  }

  /// A release by its year, month and patch, as cuVS writes it.
  static func release(_ parts: [Int]) -> String {
    parts.enumerated().map { $0 == 1 && $1 < 10 ? "0\($1)" : "\($1)" }.joined(separator: ".")
  }

  /// Opens a library and checks it.
  ///
  /// - Parameter path: a path, or a name without a slash for the loader to find.
  /// - Returns: the library, which is never closed.
  /// - Throws: ``CuVSError`` where it is not there or cannot be used.
  package static func open(at path: String) throws(CuVSError) -> CuVSLibrary {
    var opened: OpaquePointer?
    try check(unsafe ccuvs_open(path, &opened), "open")
    return try unsafe checked(opened)
  }

  /// Takes functions from elsewhere than a file.
  ///
  /// - Parameter resolve: gives the address of a function's name.
  /// - Returns: the library.
  /// - Throws: ``CuVSError`` where a function is missing, and for another release.
  package static func bound(
    by resolve:
      @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>)
      -> UnsafeMutableRawPointer?
  ) throws(CuVSError) -> CuVSLibrary {
    var bound: OpaquePointer?
    try check(unsafe ccuvs_bind(resolve, nil, &bound), "open")
    return try unsafe checked(bound)
  }

  private static func checked(_ functions: OpaquePointer?) throws(CuVSError) -> CuVSLibrary {
    guard let functions = unsafe functions else {
      throw CuVSError(operation: "open", code: .unusable, message: "it has no functions")
    }
    return unsafe CuVSLibrary(functions)
  }

  private static func location() -> String {
    let given = unsafe getenv(variable).map { unsafe String(cString: $0) } ?? ""
    return given.isEmpty ? "libcuvs_c.so" : given
  }
}
