import Foundation
import Testing
import Torch
import VectorCore

@Suite struct TorchLibraryTests {
  @Test func thePathOfTheEnvironmentComesFirst() {
    let here = #filePath
    #expect(TorchLibrary.location(given: "/x/libCTorch.so", program: here) == "/x/libCTorch.so")
    #expect(TorchLibrary.location(given: "", program: here) == "libCTorch.so")
    #expect(TorchLibrary.location(given: nil, program: here) == "libCTorch.so")
  }

  @Test func theFolderOfTheProgramComesBeforeTheLoader() throws {
    let folder = try Folder()
    let library = folder.path + "/libCTorch.so"
    #expect(TorchLibrary.location(given: nil, program: folder.path + "/needle") == "libCTorch.so")
    try Data().write(to: URL(fileURLWithPath: library))
    #expect(TorchLibrary.location(given: nil, program: folder.path + "/needle") == library)
  }

  @Test(arguments: ["/nowhere/libCTorch.so", "libNowhereCTorch.so"])
  func aLibraryThatIsNotThereSaysHowToGetIt(_ path: String) {
    let error = #expect(throws: TorchError.self) { try TorchLibrary.open(at: path) }
    #expect(error?.code == .notFound)
    #expect(error?.kind == .missingInput)
    let text = error?.description ?? ""
    #expect(text.hasPrefix("torch: open: \(path): no such library"))
    #expect(text.contains("swift build -c release --traits Torch"))
    #expect(text.contains("libtorch-dev"))
    #expect(text.contains("NEEDLETAIL_CTORCH"))
  }

  @Test func aFileThatIsNoLibrarySaysWhatTheLoaderSays() throws {
    let folder = try Folder()
    let path = folder.path + "/libCTorch.so"
    try Data("not a library".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TorchError.self) { try TorchLibrary.open(at: path) }
    #expect(error?.code == .unusable)
    #expect(error?.message.hasPrefix("\(path) cannot be opened: ") == true)
    #expect(error?.message.contains("file too short") == true)
  }

  @Test func anotherLibraryIsNotLibCTorch() {
    let error = #expect(throws: TorchError.self) { try TorchLibrary.open(at: "libm.so.6") }
    #expect(error?.message == "libm.so.6 is no libCTorch: it has no ctorch_functions")
  }

  @Test(.enabled(if: Compiler.path != nil, "no clang in PATH"))
  func aLibraryWithoutLibtorchSaysSo() throws {
    let folder = try Folder()
    let path = try folder.library("const void *ctorch_functions(void) { return 0; }")
    let error = #expect(throws: TorchError.self) { try TorchLibrary.open(at: path) }
    #expect(error?.code == .unusable)
    #expect(error?.message.hasPrefix("\(path) was built without libtorch; build it with") == true)
  }

  @Test(.enabled(if: Compiler.path != nil, "no clang in PATH"))
  func aLibraryOfAnotherReleaseSaysSo() throws {
    let folder = try Folder()
    let path = try folder.library(
      """
      static const unsigned table[4] = {4000000000u, 16};
      const void *ctorch_functions(void) { return table; }
      """
    )
    let error = #expect(throws: TorchError.self) { try TorchLibrary.open(at: path) }
    #expect(error?.code == .unusable)
    #expect(error?.message.contains("has version 4000000000 of the table") == true)
  }

  @Test(.enabled(if: Compiler.path != nil, "no clang in PATH"))
  func wrongProductsAreSeen() throws {
    let folder = try Folder()
    let path = try folder.library(
      """
      #include "ctorch_abi.h"
      static const char *message(void) { return "the product of 2 x 3 and 3 x 4 is wrong"; }
      static ctorch_status check(void) { return CTORCH_REFUSED; }
      const ctorch_table *ctorch_functions(void) {
        static ctorch_table table;
        table.version = CTORCH_ABI_VERSION;
        table.byte_count = sizeof table;
        table.last_error = message;
        table.check_products = check;
        return &table;
      }
      """
    )
    let error = #expect(throws: TorchError.self) { try TorchLibrary.open(at: path) }
    #expect(error?.code == .unusable)
    #expect(
      error?.message == "\(path) computes wrong matrix products on this processor (the product of "
        + "2 x 3 and 3 x 4 is wrong); set OPENBLAS_CORETYPE=Haswell, or Sandybridge, in the "
        + "environment"
    )
  }

  @Test(.needsLibtorch) func theLibraryIsOpenedOnce() throws {
    let first = try TorchLibrary.shared()
    #expect(try TorchLibrary.shared().path == first.path)
    #expect(first.version.first?.isNumber == true)
  }

  @Test(.needsLibtorch) func theNumberOfThreadsHoldsInEveryThread() throws {
    try ThreadCount.restored { library in
      // Twice, so that threads that have computed with the first number are asked again.
      for count in [1, 2] {
        try library.setThreadCount(count)
        try parallelFor(64, chunk: 1, threads: 4) { _, _ in
          _ = try Tensor.ones([64, 64]).sum()
          if try library.threadCount() != count { throw WrongCount() }
        }
      }
      #expect(throws: TorchError.self) { try library.setThreadCount(0) }
      #expect(throws: TorchError.self) { try library.setThreadCount(-1) }
    }
  }

  private struct WrongCount: Error {}
}

/// The compiler that makes libraries for the tests.
private enum Compiler {
  static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { $0 + "/clang" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// A folder of one test.
private final class Folder: Sendable {
  let path = NSTemporaryDirectory() + "torch-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes a library from C.
  func library(_ source: String) throws -> String {
    let input = path + "/library.c"
    let output = path + "/libCTorch.so"
    try Data(source.utf8).write(to: URL(fileURLWithPath: input))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Compiler.path))
    let headers =
      #filePath.dropLast("Tests/TorchTests/TorchLibraryTests.swift".count)
      + "Sources/CTorchABI/include"
    process.arguments = ["-shared", "-fPIC", "-I", String(headers), "-o", output, input]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return output
  }
}
