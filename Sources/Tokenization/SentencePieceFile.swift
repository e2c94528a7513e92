internal import VectorCore

/// A SentencePiece model file (`spiece.model`), read by its own bytes: a message in the wire format
/// of Protocol Buffers.
///
/// Only what a unigram tokenizer needs is taken: pieces with scores and types, the model's type,
/// the unknown piece, and the normalization map.
struct SentencePieceFile {
  /// What a piece is for.
  enum PieceType: Int {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
  }

  /// An entry of the vocabulary; its id is its place.
  struct Piece {
    var token: [UInt8] = []
    var score: Float = 0
    var type = PieceType.normal
  }

  /// The vocabulary.
  private(set) var pieces: [Piece] = []
  /// 1 for unigram models.
  private(set) var modelType: UInt64 = 1
  /// The unknown piece's id.
  private(set) var unknownID: UInt64 = 0
  /// Whether unknown characters become bytes.
  private(set) var hasByteFallback = false
  /// The normalization map; empty where there is none.
  private(set) var characterMap: [UInt8] = []

  /// Reads a file.
  ///
  /// - Throws: ``FileError`` with the byte where it is no SentencePiece model.
  init(path: String) throws(FileError) {
    let bytes = try readFile(path)
    var message = WireMessage(bytes: bytes[...], path: path)
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let piece)): pieces.append(try Self.piece(piece, path: path))
      case (2, .bytes(let trainer)): try readTrainer(trainer, path: path)
      case (3, .bytes(let normalizer)): try readNormalizer(normalizer, path: path)
      case (1...3, _): throw message.error("not a SentencePiece model")
      default: break
      }
    }
    guard !pieces.isEmpty else { throw message.error("not a SentencePiece model: no pieces") }
  }

  private static func piece(_ bytes: ArraySlice<UInt8>, path: String) throws(FileError) -> Piece {
    var message = WireMessage(bytes: bytes, path: path)
    var piece = Piece()
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let token)): piece.token = Array(token)
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .number(let number)):
        guard let type = PieceType(rawValue: Int(truncatingIfNeeded: number)) else {
          throw message.error("a piece of the unknown type \(number)")
        }
        piece.type = type
      case (1...3, _): throw message.error("not a SentencePiece model")
      default: break
      }
    }
    guard piece.score.isFinite else { throw message.error("a score that is not finite") }
    guard (try? UTF8Span(validating: piece.token.span)) != nil else {
      throw message.error("a piece that is not valid UTF-8")
    }
    return piece
  }

  private mutating func readTrainer(
    _ bytes: ArraySlice<UInt8>,
    path: String
  ) throws(FileError) {
    var message = WireMessage(bytes: bytes, path: path)
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (3, .number(let number)): modelType = number
      case (35, .number(let number)): hasByteFallback = number != 0
      case (40, .number(let number)): unknownID = number
      default: break
      }
    }
  }

  private mutating func readNormalizer(
    _ bytes: ArraySlice<UInt8>,
    path: String
  ) throws(FileError) {
    var message = WireMessage(bytes: bytes, path: path)
    while let field = try message.next() {
      if case (2, .bytes(let map)) = (field.number, field.value) { characterMap = Array(map) }
    }
  }
}

/// Reads the fields of one message in the wire format of Protocol Buffers.
struct WireMessage {
  /// A field's value; groups are obsolete and refused.
  enum Value {
    case number(UInt64)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
    case fixed32(UInt32)
  }

  private let bytes: ArraySlice<UInt8>
  private let path: String
  private var place: Int

  /// Starts at the beginning of a message; the slice's indices are offsets in the file.
  init(bytes: ArraySlice<UInt8>, path: String) {
    self.bytes = bytes
    self.path = path
    place = bytes.startIndex
  }

  /// An error at the current place.
  func error(_ reason: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: "byte \(place)",
      reason: reason,
      remedy: "get the file again"
    )
  }

  /// The next field; `nil` at the end.
  ///
  /// - Throws: ``FileError`` where the bytes are no message.
  mutating func next() throws(FileError) -> (number: UInt64, value: Value)? {
    guard place < bytes.endIndex else { return nil }
    let tag = try varint()
    let value: Value =
      switch tag & 7 {
      case 0: .number(try varint())
      case 1: .fixed64(try fixed(8))
      case 2: .bytes(try take(try varint()))
      case 5: .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
      default: throw error("not a SentencePiece model")
      }
    return (tag >> 3, value)
  }

  private mutating func varint() throws(FileError) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard place < bytes.endIndex else { throw error("the file ends too early") }
      let byte = bytes[place]
      place += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
    }
    throw error("not a SentencePiece model")
  }

  private mutating func fixed(_ size: UInt64) throws(FileError) -> UInt64 {
    try take(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ size: UInt64) throws(FileError) -> ArraySlice<UInt8> {
    guard size <= UInt64(bytes.endIndex - place) else { throw error("the file ends too early") }
    let part = bytes[place..<place + Int(size)]
    place += Int(size)
    return part
  }
}
