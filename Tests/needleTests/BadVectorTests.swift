import Foundation
import Needletail
import TestSupport
import Testing

/// Every bad file of vectors gets one line, its exit code, and leaves nothing behind.
@Suite struct BadVectorTests {
  private func build(
    _ vectors: String,
    _ folder: TemporaryFolder,
    metric: String = "cosine",
    backend: String = "flat"
  ) throws -> CommandResult {
    let result = try NeedleCommand.run(
      ["index", "build"],
      [
        "--vectors": vectors, "--backend": backend, "--metric": metric,
        "--out": folder.path("index"),
      ]
    )
    if result.code != 0 { #expect(!FileManager.default.fileExists(atPath: folder.path("index"))) }
    return result
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func valuesThatAreNoNumbers(_ bad: Float) throws {
    let folder = try TemporaryFolder()
    var values = seededValues(count: 10, dimension: 4, seed: 1)
    values[4 * 6 + 2] = bad
    for metric in ["ip", "cosine", "l2"] {
      let path = try folder.vectors("bad.npy", values, dimension: 4)
      expectFailure(
        try build(path, folder, metric: metric),
        .badData,
        path,
        "row 6, column 2",
        "not a finite number"
      )
    }
    #expect(try folder.names() == ["bad.npy"])
  }

  @Test func zeroVectorsHaveNoCosine() throws {
    let folder = try TemporaryFolder()
    var values = seededValues(count: 10, dimension: 4, seed: 1)
    for column in 0..<4 { values[4 * 3 + column] = 0 }
    let path = try folder.vectors("zero.npy", values, dimension: 4)
    expectFailure(try build(path, folder), .badData, path, "row 3", "--metric ip or l2")
    #expect(try build(path, folder, metric: "l2").code == 0)
  }

  @Test func anEmptySet() throws {
    let folder = try TemporaryFolder()
    let path = try folder.vectors("empty.npy", [], dimension: 4)
    expectFailure(try build(path, folder), .badData, path, "no vectors")
    try folder.file("empty.fvecs", [])
    expectFailure(try build(folder.path("empty.fvecs"), folder), .badData, "empty.fvecs", "empty")
  }

  @Test(arguments: backends.map { $0.name })
  func oneVector(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.vectors("one.npy", count: 1)
    let result = try build(path, folder, backend: name)
    guard result.code != 0 else { return }
    expectFailure(result, .badData, "train")
    #expect(name == "faiss-ivfpq")
  }

  @Test func missingAndForeignFiles() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path("missing.npy")
    expectFailure(try build(missing, folder), .missingInput, missing)
    for (name, text) in [
      ("text.npy", "these are no vectors, but a line of text that is long enough"),
      ("text.hdf5", "these are no vectors, but a line of text that is long enough"),
      ("text.fbin", "no"),
    ] {
      let path = try folder.file(name, Array(text.utf8))
      expectFailure(try build(path, folder), .badData, path)
    }
    let unknown = try folder.file("vectors.xyz", [1, 2, 3, 4, 5, 6, 7, 8])
    let result = try build(unknown, folder)
    #expect([64, 65].contains(result.code))
    #expect(result.failures.count == 1)
    #expect(result.errors.contains(unknown))
  }

  @Test(arguments: ["base.npy", "base.fvecs", "base.fbin"])
  func truncatedFiles(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.vectors(name, count: 20)
    let bytes = try folder.bytes(name)
    for length in [1, 5, bytes.count / 2 + 1, bytes.count - 3] {
      try folder.file(name, bytes.prefix(length))
      expectFailure(try build(path, folder), .badData, path)
    }
  }

  @Test func fortranOrder() throws {
    let folder = try TemporaryFolder()
    let path = try folder.vectors("base.npy", count: 20)
    let bytes = try folder.bytes("base.npy")
    let header = String(decoding: bytes[10..<128], as: UTF8.self)
      .replacingOccurrences(of: "'fortran_order': False", with: "'fortran_order': True ")
    try folder.file("base.npy", bytes[..<10] + Array(header.utf8) + bytes[128...])
    expectFailure(try build(path, folder), .badData, path, "ortran")
  }

  @Test func aHeaderThatPromisesTooMuch() throws {
    let folder = try TemporaryFolder()
    let path = try folder.vectors("base.fbin", count: 20)
    var bytes = try folder.bytes("base.fbin")
    bytes[3] = 0x7F
    try folder.file("base.fbin", bytes)
    expectFailure(try build(path, folder), .badData, path)
  }
}
