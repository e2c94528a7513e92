import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct ProgressTests {
  @Test func shortWorkIsSilentWithoutATerminal() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 50)
    let result = try NeedleCommand.run(
      ["index", "build"],
      ["--vectors": vectors, "--backend": "hnsw", "--out": folder.path("index")]
    )
    #expect(result.code == 0)
    #expect(result.errors.isEmpty)
    #expect(!result.output.contains("\r"))
  }

  @Test func aBarMovesOnATerminalAndIsRemoved() throws {
    let folder = try TemporaryFolder()
    // What openpty(3) does, which the overlay of the C library does not show to Swift.
    let main = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(main >= 0)
    defer { close(main) }
    var lock: Int32 = 0
    var number: Int32 = 0
    let unlock: UInt = 0x4004_5431
    let getNumber: UInt = 0x8004_5430
    try #require(unsafe ioctl(main, unlock, &lock) == 0)
    try #require(unsafe ioctl(main, getNumber, &number) == 0)
    let name = "/dev/pts/\(number)"
    let side = unsafe open(name, O_RDWR | O_NOCTTY)
    try #require(side >= 0)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: NeedleCommand.path)
    process.arguments = [
      "index", "build", "--vectors", RealVectors.base, "--backend", "hnsw", "--out",
      folder.path("index"),
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(fileDescriptor: side, closeOnDealloc: false)
    try process.run()
    process.waitUntilExit()
    close(side)
    #expect(process.terminationStatus == 0)

    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(main, &buffer, buffer.count)
      guard count > 0 else { break }
      text += buffer[..<count]
    }
    let shown = String(decoding: text, as: UTF8.self)
    #expect(shown.contains("\r\u{1B}[K"))
    #expect(shown.contains("[") && shown.contains(" %  0:0"))
    #expect(shown.hasSuffix("\r\u{1B}[K"))
    #expect(!shown.contains("\n"))
  }
}
