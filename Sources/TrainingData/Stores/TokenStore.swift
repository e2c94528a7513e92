internal import IndexStore
public import VectorCore

/// Tokenized texts and their ids, in a file that is mapped: only what is asked for is in memory.
///
/// Tokens are stored without special tokens, as many as there were up to the length that the store
/// was made for. A row is a text's place in the file of texts, from 0.
///
/// A value is immutable; several threads may use it at once.
public struct TokenStore: Sendable {
  /// The file's path as the user gave it.
  public let path: String
  /// What the tokens were made of.
  public let settings: TokenStoreSettings
  /// One more than the largest token that there may be.
  public let vocabularySize: Int
  /// A checksum of all contents.
  public let checksum: UInt64

  private let file: MappedFile
  private let layout: TokenStoreLayout
  private let tokenOffsets: SharedArray<UInt64>
  private let idOffsets: SharedArray<UInt64>
  private let slots: SharedArray<UInt32>

  /// Opens a store and checks all of it.
  ///
  /// - Throws: `FileError` for a missing file, and for one that is no store, truncated, or damaged.
  /// - Complexity: O(size of the file), which is read once.
  public init(path: String) throws(FileError) {
    let file = try MappedFile(path: path)
    let header = try TokenStoreHeader(of: file)
    let layout = header.layout
    // Read rather than touched in the mapping, which would count as memory of this process.
    var largest = LargestToken(layout)
    let found = try Checksum.of(fileAt: path, from: TokenStoreLayout.headerSize) { piece, offset in
      largest.look(at: piece, offset: offset)
    }
    guard found == header.checksum else {
      throw Self.damage(path, "bytes 128 to \(file.count - 1)", "the checksum does not fit")
    }
    let json = unsafe file.withUnsafeBytes { unsafe Array($0[layout.settings]) }
    guard let settings = (try? JSON(parsing: json)).flatMap(TokenStoreSettings.init) else {
      throw Self.damage(path, "byte \(layout.settings.lowerBound)", "the settings are malformed")
    }
    self.path = path
    self.settings = settings
    self.file = file
    self.layout = layout
    vocabularySize = layout.vocabularySize
    checksum = header.checksum
    tokenOffsets = Self.part(layout.tokenOffsets, of: file)
    idOffsets = Self.part(layout.idOffsets, of: file)
    slots = Self.part(layout.slots, of: file)
    guard Self.rises(tokenOffsets, to: layout.tokenCount), Self.rises(idOffsets, to: layout.idBytes)
    else {
      throw Self.damage(path, "byte \(layout.tokenOffsets.lowerBound)", "offsets do not rise")
    }
    guard largest.value < layout.vocabularySize else {
      throw Self.damage(
        path,
        "bytes \(layout.tokens.lowerBound) to \(layout.tokens.upperBound - 1)",
        "the token \(largest.value) is beyond a vocabulary of \(vocabularySize)"
      )
    }
  }

  /// How many texts there are.
  public var count: Int { layout.count }

  /// How many tokens all texts have.
  public var tokenCount: Int { layout.tokenCount }

  /// The tokens of a text.
  ///
  /// - Parameter row: 0 to `count - 1`.
  /// - Returns: its tokens without special ones.
  public func tokens(_ row: Int) -> [Int32] {
    let range = Int(tokenOffsets[row])..<Int(tokenOffsets[row + 1])
    return unsafe file.withUnsafeBytes { bytes in
      range.map { place in
        let offset = layout.tokens.lowerBound + place * layout.tokenWidth
        return layout.tokenWidth == 2
          ? unsafe Int32(bytes.load(fromByteOffset: offset, as: UInt16.self))
          : unsafe bytes.load(fromByteOffset: offset, as: Int32.self)
      }
    }
  }

  /// The id of a text.
  ///
  /// - Parameter row: 0 to `count - 1`.
  /// - Returns: the id as the file of texts has it.
  public func id(_ row: Int) -> String {
    unsafe withIDBytes(row) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The row of an id, `nil` where the store has no such text.
  public func row(of id: String) -> Int? { row(of: id.utf8Span.span) }

  /// The row of an id in UTF-8, `nil` where the store has no such text.
  ///
  /// - Complexity: O(1): some two looks into the table.
  public func row(of id: Span<UInt8>) -> Int? {
    unsafe id.withUnsafeBytes { wanted in
      let mask = slots.count - 1
      var place = unsafe Self.home(of: wanted) & mask
      for _ in 0..<slots.count {
        // A row out of range can only be that of a free place, or of a forged file.
        let row = Int(slots[place])
        guard row < count else { return nil }
        if unsafe withIDBytes(row, { unsafe $0.elementsEqual(wanted) }) { return row }
        place = (place + 1) & mask
      }
      return nil
    }
  }

  /// Where the search for an id begins, before it is cut to the table's size.
  static func home(of id: UnsafeRawBufferPointer) -> Int {
    Int(truncatingIfNeeded: unsafe Checksum.of(id))
  }

  private func withIDBytes<Result>(
    _ row: Int,
    _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let start = layout.ids.lowerBound
    let range = start + Int(idOffsets[row])..<start + Int(idOffsets[row + 1])
    return unsafe file.withUnsafeBytes { bytes in
      unsafe body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  private static func part<Element>(
    _ range: Range<Int>,
    of file: MappedFile
  ) -> SharedArray<Element> {
    unsafe file.withUnsafeBytes { bytes in
      let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
      return unsafe SharedArray(unsafe: part.bindMemory(to: Element.self), owner: file)
    }
  }

  private static func rises(_ offsets: SharedArray<UInt64>, to end: Int) -> Bool {
    unsafe offsets.withUnsafeBufferPointer { buffer in
      guard unsafe buffer.first == 0, unsafe buffer.last == UInt64(end) else { return false }
      return unsafe zip(buffer, buffer.dropFirst()).allSatisfy { $0 <= $1 }
    }
  }

  /// An error about bytes that no version would have written.
  static func damage(_ path: String, _ place: String, _ reason: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: place,
      reason: reason,
      remedy: "the file is damaged: restore it from a copy, or prepare the data again"
    )
  }
}

/// The largest token of a store that is read piece by piece.
private struct LargestToken {
  private(set) var value = 0
  private let layout: TokenStoreLayout

  init(_ layout: TokenStoreLayout) { self.layout = layout }

  /// Looks at bytes of the file, which begin and end at whole tokens.
  mutating func look(at piece: Span<UInt8>, offset: Int) {
    let end = min(layout.tokens.upperBound - offset, piece.count)
    guard end > 0 else { return }
    value = unsafe piece.withUnsafeBytes { bytes in
      let tokens = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<end])
      let largest =
        layout.tokenWidth == 2
        ? unsafe tokens.withMemoryRebound(to: UInt16.self) { unsafe Int($0.max() ?? 0) }
        : unsafe tokens.withMemoryRebound(to: UInt32.self) { unsafe Int($0.max() ?? 0) }
      return max(value, largest)
    }
  }
}
