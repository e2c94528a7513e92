/// How tokens become text for people.
enum TokenDecoder: Sendable, Equatable {
  /// Words are joined by blanks, continuations with this prefix to what stands before them.
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  /// "▁" becomes a blank, but for the first.
  case metaspace
  /// Characters become the bytes that they stand for.
  case byteLevel

  /// The text of some tokens.
  func text(of tokens: [[UInt8]]) -> String {
    switch self {
    case .wordPiece(let prefix, let cleansUp):
      return joinWords(tokens, prefix, cleansUp: cleansUp)
    case .metaspace:
      var text = ""
      for (place, token) in tokens.enumerated() {
        for scalar in String(decoding: token, as: UTF8.self).unicodeScalars {
          if scalar != "\u{2581}" {
            text.unicodeScalars.append(scalar)
          } else if place > 0 {
            text.unicodeScalars.append(" ")
          }
        }
      }
      return text
    case .byteLevel:
      // Added tokens may hold characters that stand for no byte.
      return String(
        decoding: tokens.flatMap { ByteAlphabet.text(of: $0) ?? $0 },
        as: UTF8.self
      )
    }
  }

  private func joinWords(_ tokens: [[UInt8]], _ prefix: [UInt8], cleansUp: Bool) -> String {
    var text: [UInt8] = []
    for (place, token) in tokens.enumerated() {
      var part = token
      if place > 0 {
        if token.starts(with: prefix) {
          part = Array(token.dropFirst(prefix.count))
        } else {
          part = [0x20] + token
        }
      }
      text += cleansUp ? Self.cleanedUp(part) : part
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Takes away the blank before punctuation and contractions.
  private static func cleanedUp(_ token: [UInt8]) -> [UInt8] {
    let attached: [String: String] = [
      " .": ".", " ?": "?", " !": "!", " ,": ",", " ' ": "'", " n't": "n't", " 'm": "'m",
      " 's": "'s", " 've": "'ve", " 're": "'re", " do not": " don't",
    ]
    return attached[String(decoding: token, as: UTF8.self)].map { Array($0.utf8) } ?? token
  }
}
