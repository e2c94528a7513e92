/// GPT-2's writing of bytes as characters, in which byte-level vocabularies are stored.
///
/// Bytes that are printable in Latin-1 stand for themselves, the others for U+0100 and on.
enum ByteAlphabet {
  /// The character of each byte.
  static let characters: [UInt32] = {
    var characters = [UInt32](repeating: 0, count: 256)
    var shifted: UInt32 = 0x100
    for byte in UInt32(0)..<256 {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: characters[Int(byte)] = byte
      default:
        characters[Int(byte)] = shifted
        shifted += 1
      }
    }
    return characters
  }()

  private static let bytes: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: zip(characters, UInt8(0)...255)
  )

  /// The bytes that a token, valid UTF-8, stands for; `nil` where it holds other characters.
  static func text(of token: [UInt8]) -> [UInt8]? {
    var text: [UInt8] = []
    for scalar in String(decoding: token, as: UTF8.self).unicodeScalars {
      guard let byte = bytes[scalar.value] else { return nil }
      text.append(byte)
    }
    return text
  }

  /// The token of one byte.
  static func token(of byte: UInt8) -> [UInt8] {
    var token: [UInt8] = []
    token.append(scalar: characters[Int(byte)])
    return token
  }
}
