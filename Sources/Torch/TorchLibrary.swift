internal import CTorchABI
internal import Glibc

/// libtorch, opened when a tensor is first made.
///
/// It is no dependency of the program: Needletail opens `libCTorch.so`, which brings libtorch, at
/// the path in the environment's `NEEDLETAIL_CTORCH`, else in the folder of the program, else where
/// the system's loader finds it. Once open it stays so.
public struct TorchLibrary: Sendable {
  /// The path that the library was opened by.
  public let path: String
  let functions: TorchFunctions

  /// The environment's variable that holds the path of libCTorch.
  public static let variable = "NEEDLETAIL_CTORCH"

  private static let opened = Result { () throws(TorchError) in try open(at: location()) }

  /// The library of this process; opens it at the first call, in whichever thread.
  ///
  /// - Throws: ``TorchError`` where it cannot be had, each time for the same reason.
  public static func shared() throws(TorchError) -> TorchLibrary { try opened.get() }

  /// The release of libtorch: "1.13.1".
  public var version: String { unsafe String(cString: functions.table.pointee.torch_version()) }

  /// Keeps memory of the host that tensors give back for other tensors, from now on, for the whole
  /// process.
  ///
  /// For work that makes and drops the same large tensors again and again, such as training: the
  /// system's allocator gives such memory back and gets it anew, zeroed page by page.
  ///
  /// - Throws: ``TorchError`` where the system's allocator refuses.
  public func keepMemory() throws(TorchError) {
    try functions.check(unsafe functions.table.pointee.keep_memory(), "keep memory")
  }

  /// How many threads an operation on the host may use.
  ///
  /// - Throws: ``TorchError`` where libtorch does not tell.
  public func threadCount() throws(TorchError) -> Int {
    var count: Int32 = 0
    try functions.check(unsafe functions.table.pointee.thread_count(&count), "count threads")
    return Int(count)
  }

  /// Sets how many threads an operation on the host may use, for all threads that call.
  ///
  /// - Parameter count: from 1.
  /// - Throws: ``TorchError`` for other numbers.
  public func setThreadCount(_ count: Int) throws(TorchError) {
    try functions.check(
      unsafe functions.table.pointee.set_thread_count(Int32(clamping: count)),
      "set threads"
    )
  }

  /// Where this process looks for the library.
  private static func location() -> String {
    var program = "/"
    if let path = unsafe realpath("/proc/self/exe", nil) {
      program = unsafe String(cString: path)
      unsafe free(path)
    }
    let given = unsafe getenv(variable).map { unsafe String(cString: $0) }
    return location(given: given, program: program)
  }

  /// Where the library is looked for.
  ///
  /// - Parameters:
  ///   - given: the path that the environment gives.
  ///   - program: the path of the program.
  /// - Returns: a path, or a name without a slash for the loader to find.
  package static func location(given: String?, program: String) -> String {
    if let given, !given.isEmpty { return given }
    let name = "libCTorch.so"
    let beside = program.split(separator: "/").dropLast() + [Substring(name)]
    let path = "/" + beside.joined(separator: "/")
    return unsafe access(path, F_OK) == 0 ? path : name
  }

  /// Opens a library and checks it.
  ///
  /// - Parameter path: a path, or a name without a slash for the loader to find.
  /// - Returns: the library, which is never closed.
  /// - Throws: ``TorchError`` where it is not there or cannot be used.
  package static func open(at path: String) throws(TorchError) -> TorchLibrary {
    // Global, since libtorch's own plug-ins look for its symbols.
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_GLOBAL | RTLD_DEEPBIND) else {
      throw openFailure(path)
    }
    typealias Entry = @convention(c) () -> UnsafePointer<ctorch_table>?
    guard let symbol = unsafe dlsym(handle, "ctorch_functions") else {
      throw unusable(path, "is no libCTorch: it has no ctorch_functions")
    }
    guard let table = unsafe unsafeBitCast(symbol, to: Entry.self)() else {
      throw unusable(path, "was built without libtorch; \(howToBuild)")
    }
    let version = unsafe table.pointee.version
    let size = unsafe Int(table.pointee.byte_count)
    guard version == CTORCH_ABI_VERSION, size == MemoryLayout<ctorch_table>.size else {
      throw unusable(
        path,
        "has version \(version) of the table, but this program needs \(CTORCH_ABI_VERSION); "
          + "build both from the same sources"
      )
    }
    let library = TorchLibrary(path: path, functions: unsafe TorchFunctions(table))
    try library.checkProducts()
    return library
  }

  private func checkProducts() throws(TorchError) {
    do {
      try functions.check(unsafe functions.table.pointee.check_products(), "open")
    } catch {
      guard error.code == .refused else { throw error }
      throw Self.unusable(
        path,
        "computes wrong matrix products on this processor (\(error.message)); "
          + "set OPENBLAS_CORETYPE=Haswell, or Sandybridge, in the environment"
      )
    }
  }

  private static let howToBuild =
    "build it with 'swift build -c release --traits Torch' and Debian's libtorch-dev, or against "
    + "an installed PyTorch with Scripts/build-ctorch, and name it in \(variable)"

  private static func openFailure(_ path: String) -> TorchError {
    let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given"
    let isMissing = path.contains("/") ? unsafe access(path, F_OK) != 0 : reason.hasPrefix(path)
    guard isMissing else { return unusable(path, "cannot be opened: \(reason)") }
    return TorchError(
      operation: "open",
      code: .notFound,
      message: "\(path): no such library, and models need it; \(howToBuild)"
    )
  }

  private static func unusable(_ path: String, _ reason: String) -> TorchError {
    TorchError(operation: "open", code: .unusable, message: "\(path) \(reason)")
  }
}
