internal import IndexStore
public import VectorCore

/// Writes a token store text by text, in memory that does not grow with the texts' lengths.
///
/// The file gets its name only when it is complete. Until then 16 bytes a text are in memory.
public struct TokenStoreWriter: ~Copyable {
  private var file: AtomicFile
  /// The ids, which come behind the tokens: in a second temporary file, which goes when it is
  /// dropped.
  private var ids: AtomicFile
  /// The checksum of what follows the header.
  private var sum = RunningChecksum()
  private var tokenOffsets: [UInt64] = [0]
  private var idOffsets: [UInt64] = [0]
  private let settings: TokenStoreSettings
  private let vocabularySize: Int
  private let source: String

  /// Begins a store.
  ///
  /// - Parameters:
  ///   - path: the file, which is replaced.
  ///   - source: the path of the texts, for messages.
  ///   - settings: what the tokens are made of.
  ///   - vocabularySize: one more than the largest token that there may be, at least 1.
  /// - Throws: `FileError` where the file cannot be written.
  public init(
    path: String,
    source: String,
    settings: TokenStoreSettings,
    vocabularySize: Int
  ) throws(FileError) {
    precondition(vocabularySize > 0, "a vocabulary of \(vocabularySize) tokens")
    self.settings = settings
    self.vocabularySize = vocabularySize
    self.source = source
    var file = try AtomicFile(path: path)
    // Room for the header, which is written last.
    try file.write([UInt8](repeating: 0, count: TokenStoreLayout.headerSize))
    let ids = try AtomicFile(path: path)
    self.file = file
    self.ids = ids
  }

  /// How many texts have been written.
  public var count: Int { tokenOffsets.count - 1 }

  /// Appends a text.
  ///
  /// - Parameters:
  ///   - id: its id, which is looked at when the store is complete.
  ///   - tokens: its tokens without special ones, below the size of the vocabulary.
  /// - Throws: `FileError` where writing fails, and for more than 4 billion texts.
  public mutating func append(id: String, tokens: [Int32]) throws(FileError) {
    guard count < TokenStoreLayout.countLimit else {
      throw FileError(
        .badData,
        path: source,
        reason: "more than \(TokenStoreLayout.countLimit) texts",
        remedy: "split the file"
      )
    }
    try ids.write(Array(id.utf8))
    if TokenStoreLayout(vocabularySize: vocabularySize).tokenWidth == 2 {
      try write(tokens.map { UInt16(truncatingIfNeeded: $0) })
    } else {
      try write(tokens)
    }
    tokenOffsets.append((tokenOffsets.last ?? 0) + UInt64(tokens.count))
    idOffsets.append(UInt64(ids.size))
  }

  /// Writes the rest and gives the file its name.
  ///
  /// - Throws: `FileError` where there are no texts, where an id stands there twice, with its lines,
  ///   and where writing fails.
  public consuming func commit() throws {
    guard count > 0 else { throw FileError(.badData, path: source, reason: "holds no texts") }
    var layout = TokenStoreLayout(vocabularySize: vocabularySize)
    layout.count = count
    layout.tokenCount = Int(tokenOffsets.last ?? 0)
    layout.idBytes = ids.size
    layout.slotCount = TokenStoreLayout.slots(for: count)
    let slots = try slots(layout.slotCount)
    try pad()
    try write(tokenOffsets)
    try write(idOffsets)
    // One after the other: two parts of `self` cannot be changed at once.
    let names = try unsafe ids.withContents { unsafe Array($0) }
    try write(names)
    try pad()
    try write(slots)
    try pad()
    let json = Array(settings.json.indented.utf8)
    layout.settingsBytes = json.count
    try write(json)
    try file.overwrite(TokenStoreHeader(layout: layout, checksum: sum.value).encoded, at: 0)
    try file.commit()
  }

  /// The hash table of the ids, which must differ.
  private mutating func slots(_ slotCount: Int) throws -> [UInt32] {
    let (offsets, source) = (idOffsets, source)
    return try unsafe ids.withContents { bytes in
      func id(_ row: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
          rebasing: bytes[Int(offsets[row])..<Int(offsets[row + 1])]
        )
      }
      var slots = [UInt32](repeating: .max, count: slotCount)
      for row in 0..<offsets.count - 1 {
        let new = unsafe id(row)
        var place = unsafe TokenStore.home(of: new) & (slotCount - 1)
        while slots[place] != .max {
          let other = Int(slots[place])
          guard unsafe !id(other).elementsEqual(new) else {
            throw FileError(
              .badData,
              path: source,
              place: "line \(row + 1)",
              reason: "the id '\(unsafe String(decoding: new, as: UTF8.self))' stands at line "
                + "\(other + 1) already",
              remedy: "make the ids unique"
            )
          }
          place = (place + 1) & (slotCount - 1)
        }
        slots[place] = UInt32(row)
      }
      return slots
    }
  }

  private mutating func write<Element: BitwiseCopyable>(_ elements: [Element]) throws(FileError) {
    try unsafe elements.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
      unsafe sum.update(bytes)
      try unsafe file.write(unsafe: bytes)
    }
  }

  /// Goes on at the next multiple of 8 bytes.
  private mutating func pad() throws(FileError) {
    try write([UInt8](repeating: 0, count: -file.size & 7))
  }
}
