internal import IndexStore
internal import VectorCore

/// The first 128 bytes of a token store.
///
/// | bytes | what |
/// | --- | --- |
/// | 0–7 | magic |
/// | 8–15 | version |
/// | 16–63 | the numbers of ``TokenStoreLayout`` |
/// | 64–71 | checksum of all that follows the header |
/// | 72–79 | checksum of the bytes before |
/// | 80–127 | zero |
struct TokenStoreHeader {
  /// The first byte is no ASCII and the last a line feed, so that a transfer that mistakes the file
  /// for text is noticed.
  static let magic: [UInt8] = [0x89] + Array("NTOKEN".utf8) + [0x0A]
  static let version: UInt64 = 1

  var layout: TokenStoreLayout
  var checksum: UInt64

  private static let checksummed = 72

  /// The header's bytes.
  var encoded: [UInt8] {
    var bytes = Self.magic
    func append(_ number: UInt64) {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    append(Self.version)
    for number in [
      layout.vocabularySize, layout.count, layout.tokenCount, layout.idBytes, layout.slotCount,
      layout.settingsBytes,
    ] {
      append(UInt64(number))
    }
    append(checksum)
    append(Checksum.of(bytes))
    return bytes + [UInt8](repeating: 0, count: TokenStoreLayout.headerSize - bytes.count)
  }

  init(layout: TokenStoreLayout, checksum: UInt64) {
    self.layout = layout
    self.checksum = checksum
  }

  /// Reads and checks the header of a file, and that the file is as large as it says.
  init(of file: MappedFile) throws(FileError) {
    let bytes = file.prefix(TokenStoreLayout.headerSize)
    guard bytes.starts(with: Self.magic) else {
      throw FileError(
        .badData,
        path: file.path,
        reason: "is no store of tokens",
        remedy: "give a file .tokens that 'needle prepare train' wrote"
      )
    }
    guard bytes.count == TokenStoreLayout.headerSize else {
      throw TokenStore.damage(file.path, "byte \(bytes.count)", "the file ends in its header")
    }
    func number(_ offset: Int) -> UInt64 { file.load(at: offset, as: UInt64.self) }
    guard number(Self.checksummed) == Checksum.of(bytes[..<Self.checksummed]),
      bytes[(Self.checksummed + 8)...].allSatisfy({ $0 == 0 })
    else { throw TokenStore.damage(file.path, "bytes 0 to 127", "the checksum does not fit") }
    guard number(8) == Self.version else {
      throw FileError(
        .badData,
        path: file.path,
        place: "byte 8",
        reason: "version \(number(8)) is not known to this Needletail",
        remedy: "update Needletail, or prepare the data again with this one"
      )
    }
    let numbers = stride(from: 16, to: 64, by: 8).map { Int(exactly: number($0)) ?? -1 }
    layout = TokenStoreLayout(
      vocabularySize: numbers[0],
      count: numbers[1],
      tokenCount: numbers[2],
      idBytes: numbers[3],
      slotCount: numbers[4],
      settingsBytes: numbers[5]
    )
    checksum = number(64)
    guard layout.isPossible else {
      throw TokenStore.damage(file.path, "bytes 16 to 63", "sizes that no store has")
    }
    guard file.count == layout.fileSize else {
      throw TokenStore.damage(
        file.path,
        "byte \(min(file.count, layout.fileSize))",
        "the file has \(file.count) bytes, but its header says \(layout.fileSize)"
      )
    }
  }
}
