import IndexStore
import TestSupport
import Testing
import VectorCore

@testable import TrainingData

/// Files whose checksums fit and whose numbers make no sense.
@Suite struct ForgedStoreTests {
  private let folder: TemporaryFolder
  private let layout: TokenStoreLayout
  private let good: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    var writer = try SmallSet.writer(folder.path("a.tokens"), vocabularySize: 10)
    for row in 0..<5 { try writer.append(id: "p\(row)", tokens: [Int32(row), 9]) }
    try writer.commit()
    good = try folder.bytes("a.tokens")
    layout = try TokenStoreHeader(of: MappedFile(path: folder.path("a.tokens"))).layout
  }

  /// Opens the file with other bytes and a header that fits them.
  private func open(
    _ layout: TokenStoreLayout? = nil,
    change: (inout [UInt8]) -> Void = { _ in }
  ) throws -> TokenStore {
    var bytes = good
    change(&bytes)
    let checksum = Checksum.of(bytes[TokenStoreLayout.headerSize...])
    let header = TokenStoreHeader(layout: layout ?? self.layout, checksum: checksum)
    bytes.replaceSubrange(..<TokenStoreLayout.headerSize, with: header.encoded)
    return try TokenStore(path: folder.file("a.tokens", bytes))
  }

  @Test func theForgeryItselfIsFine() throws { #expect(try open().tokens(3) == [3, 9]) }

  @Test func tokensBeyondTheVocabularyAreRefused() {
    expectFileError("the token 10 is beyond a vocabulary of 10") {
      _ = try open { $0[layout.tokens.lowerBound] = 10 }
    }
  }

  @Test func offsetsMustRise() {
    for part in [layout.tokenOffsets, layout.idOffsets] {
      for place in [part.lowerBound, part.lowerBound + 8, part.upperBound - 8] {
        expectFileError("offsets do not rise") { _ = try open { $0[place] = 99 } }
      }
    }
  }

  @Test func settingsMustBeSettings() {
    expectFileError("the settings are malformed") {
      _ = try open { $0[layout.settings.lowerBound] = UInt8(ascii: "[") }
    }
  }

  @Test func impossibleSizesAreRefused() {
    for change: (inout TokenStoreLayout) -> Void in [
      { $0.vocabularySize = 0 }, { $0.count = 0 }, { $0.slotCount = 32 },
      { $0.tokenCount = 1 << 51 }, { $0.idBytes = 1 << 62 }, { $0.settingsBytes = 1 << 21 },
    ] {
      var other = layout
      change(&other)
      expectFileError("sizes that no store has") { _ = try open(other) }
    }
  }

  @Test func aFullTableEndsTheSearch() throws {
    let full = try open { bytes in
      for place in layout.slots where place % 4 == 0 {
        bytes.replaceSubrange(place..<place + 4, with: [1, 0, 0, 0])
      }
    }
    #expect(full.row(of: "p1") == 1)
    #expect(full.row(of: "p3") == nil)
  }
}
