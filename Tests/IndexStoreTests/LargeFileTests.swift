import Foundation
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Large files open at once, and memory grows by what is touched.
@Suite struct LargeFileTests {
  private static let count = 40 << 20  // Float32: 160 MiB

  /// Kilobytes of a mapped file that are resident in this process.
  private func residentKilobytes(_ path: String) throws -> Int? {
    // Read to the end: the size that such a file claims is zero.
    let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
    let maps = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    var inFile = false
    var sum: Int?
    for line in maps.split(separator: "\n") {
      if line.hasSuffix(path) {
        inFile = true
      } else if inFile, line.hasPrefix("Rss:") {
        sum = (sum ?? 0) + (Int(line.split(separator: " ")[1]) ?? 0)
        inFile = false
      }
    }
    return sum
  }

  @Test func memoryGrowsByWhatIsTouched() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("large.needle")
    let count = Self.count
    let index = FakeIndex([
      FakeSection("small", Sample.growing(1_000)),
      FakeSection { writer in
        let vectors = MutableMemory<Float>(count: count)
        unsafe vectors.elements[count - 1] = 3
        try writer.write("vectors", vectors.frozen())
      },
    ])
    let report = try IndexFile.write(index, to: path, compress: false)

    let file = try IndexFile.open(path)
    let vectors = try file.array("vectors", of: Float.self, count: count)
    #expect(file.memory.mappedBytes == 4 * count + 4_000)
    #expect(try #require(try residentKilobytes(path)) == 0)
    #expect(vectors[count - 1] == 3)
    // The system maps the pages around the one that is touched too, up to 64 KiB of them, and a
    // file system with large folios up to 2 MiB.
    #expect((1...2_048).contains(try #require(try residentKilobytes(path))))

    // Loaded, it is no longer the file's.
    let loaded = try IndexFile.open(path, loading: true, threads: 2)
      .array("vectors", of: Float.self, count: count)
    #expect(loaded[count - 1] == 3 && loaded[0] == 0)

    // In a large file only small sections are checked unasked; everything is when asked.
    let section = report.sections[1]
    let bytes = try OpenBytes(path)
    try bytes.set(section.offset + 100 << 20, to: 1)
    _ = try IndexFile.open(path)
    #expect(throws: FileError.self) {
      try IndexFile.open(path, loading: true).array("vectors", of: Float.self, count: count)
    }
    for check in [
      { _ = try IndexFile.open(path, verification: .full) }, { try IndexFile.verify(path) },
    ] {
      let error = #expect(throws: FileError.self) { try check() }
      #expect(error?.place == "section 'vectors', byte \(section.offset)")
    }
    try bytes.set(section.offset + 100 << 20, to: 0)
    try IndexFile.verify(path)
    #expect(try #require(try residentKilobytes(path)) <= 2_048, "checking maps nothing")
    try bytes.set(report.sections[0].offset, to: 0)
    let error = #expect(throws: FileError.self) { _ = try IndexFile.open(path) }
    #expect(error?.place == "section 'small', byte 4096")
  }
}
