/// BERT's normalization of text: cleaning, spaces around ideographs, accents, case.
///
/// The order is that of Hugging Face's `BertNormalizer`, each step over the whole text: drop
/// controls and make white space blank; pad ideographs; decompose (NFD) and drop nonspacing marks;
/// lower-case each character by itself (no final sigma).
struct BertNormalizer: Sendable, Equatable {
  /// Whether controls are dropped and white space becomes blanks.
  var cleanText = true
  /// Whether ideographs get blanks around them (`tokenize_chinese_chars`).
  var padIdeographs = true
  /// Whether accents are dropped; `nil` follows ``lowercase``.
  var stripAccents: Bool?
  /// Whether letters are lower-cased (`do_lower_case`).
  var lowercase = true

  /// What one scalar becomes.
  struct Folded: Sendable {
    /// Cleaning drops it; it does not even separate combining marks.
    var isDropped = false
    /// It is an ideograph with blanks around it.
    var isPadded = false
    /// Its decomposition, lower-cased.
    var parts: [Part] = []
  }

  /// One scalar of a decomposition.
  struct Part: Sendable {
    var scalar: UInt32
    var combiningClass: UInt8
    /// A nonspacing mark, which is dropped after it has taken its place in the order.
    var isMark: Bool
  }

  /// Space for the scalars of one text.
  struct Scratch: Sendable {
    var memo = ScalarMemo<Folded>(unused: Folded())
    /// Scalars with a combining class above 0 that wait for the end of their run.
    var pending: [Part] = []
  }

  /// Appends the normalized text.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - output: gets valid UTF-8.
  ///   - scratch: of the calling thread.
  func normalize(_ text: Span<UInt8>, into output: inout [UInt8], _ scratch: inout Scratch) {
    var place = 0
    while place < text.count {
      let byte = text[place]
      if byte < 0x80 {
        place += 1
        if cleanText && (byte < 0x20 || byte == 0x7F) {
          guard byte == 0x09 || byte == 0x0A || byte == 0x0D else { continue }
          flush(&scratch, into: &output)
          output.append(0x20)
          continue
        }
        flush(&scratch, into: &output)
        let isUppercase = byte >= 0x41 && byte <= 0x5A
        output.append(lowercase && isUppercase ? byte | 0x20 : byte)
      } else {
        let (value, length) = text.scalar(at: place)
        place += length
        append(scratch.memo.value(of: value, fold), into: &output, &scratch)
      }
    }
    flush(&scratch, into: &output)
  }

  private func append(_ folded: Folded, into output: inout [UInt8], _ scratch: inout Scratch) {
    guard !folded.isDropped else { return }
    if folded.isPadded {
      flush(&scratch, into: &output)
      output.append(0x20)
    }
    for part in folded.parts {
      if part.combiningClass == 0 {
        flush(&scratch, into: &output)
        if !part.isMark { output.append(scalar: part.scalar) }
      } else if !part.isMark {
        scratch.pending.append(part)
      }
    }
    if folded.isPadded { output.append(0x20) }
  }

  /// Ends a run of combining characters: they come in the order of their classes.
  @inline(__always)
  private func flush(_ scratch: inout Scratch, into output: inout [UInt8]) {
    guard !scratch.pending.isEmpty else { return }
    // Insertion keeps the order of equal classes; runs are short.
    for end in 1..<max(1, scratch.pending.count) {
      var place = end
      while place > 0,
        scratch.pending[place - 1].combiningClass > scratch.pending[place].combiningClass
      {
        scratch.pending.swapAt(place - 1, place)
        place -= 1
      }
    }
    for part in scratch.pending { output.append(scalar: part.scalar) }
    scratch.pending.removeAll(keepingCapacity: true)
  }

  /// What the steps make of one scalar.
  private func fold(_ original: Unicode.Scalar) -> Folded {
    var folded = Folded()
    var scalar = original
    if cleanText {
      if scalar.value == 0xFFFD || ReferenceUnicode.isOther(scalar) {
        return Folded(isDropped: true)
      }
      if ReferenceUnicode.isWhitespace(scalar.value) { scalar = " " }
    }
    folded.isPadded = padIdeographs && Self.isIdeograph(scalar.value)
    guard stripAccents ?? lowercase else {
      folded.parts = cased(scalar).map { Part(scalar: $0, combiningClass: 0, isMark: false) }
      return folded
    }
    folded.parts = ReferenceUnicode.decomposition(of: scalar).flatMap { part in
      let combiningClass = ReferenceUnicode.combiningClass(of: part)
      let isMark = ReferenceUnicode.isNonspacingMark(part)
      return cased(part).map {
        Part(scalar: $0, combiningClass: combiningClass, isMark: isMark)
      }
    }
    return folded
  }

  private func cased(_ scalar: Unicode.Scalar) -> [UInt32] {
    guard lowercase else { return [scalar.value] }
    return scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
  }

  /// The blocks that BERT pads; kana and hangul are not among them.
  private static func isIdeograph(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
      0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
