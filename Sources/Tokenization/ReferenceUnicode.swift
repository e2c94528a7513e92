@_spi(_Unicode) internal import Swift

/// Properties of characters in the versions of Unicode that Hugging Face's `tokenizers` is built
/// with.
///
/// Its parts use tables of different ages, so that characters which Unicode added later behave as
/// unassigned ones. What Unicode promises never to change (decompositions, combining classes) is
/// taken from Swift's tables and cut by the character's age; what did change since is listed. All
/// 1,112,064 scalars were compared with `tokenizers` 0.23.3 under Swift 6.3.
enum ReferenceUnicode {
  /// The version of the categories by which BERT's normalizer removes and splits characters.
  private static let categories = (major: 8, minor: 0)
  /// The version of the decompositions.
  private static let decompositions = (major: 12, minor: 1)
  /// The version of letters and numbers in regular expressions.
  private static let expressions = (major: 16, minor: 0)

  /// Whether a scalar is white space, the same in all versions since 6.3.
  @inline(__always)
  static func isWhitespace(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return scalar == 0x20 || (scalar >= 0x09 && scalar <= 0x0D) }
    return switch scalar {
    case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Whether BERT's cleaning removes a scalar as a control, format or private-use character.
  ///
  /// Unassigned characters stay: the categories in use have no table of them.
  static func isOther(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse: isAssigned(scalar, in: categories)
    default: false
    }
  }

  /// Whether BERT splits at a scalar: punctuation, and all ASCII symbols.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    // Categories that changed: CANADIAN SYLLABICS CHI SIGN, SHARADA SANDHI MARK.
    case 0x166D, 0x111C9: return true
    default: break
    }
    return switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      isAssigned(scalar, in: categories)
    default: false
    }
  }

  /// Whether stripping accents removes a scalar: a nonspacing mark.
  static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Categories that changed: HANUNOO SIGN PAMUDPOD, AHOM CONSONANT SIGN MEDIAL RA were marks;
    case 0x1734, 0x1171E: true
    // MONGOLIAN LETTER ALI GALI BALUDA and THREE BALUDA, JAVANESE CONSONANT SIGN KERET, SHARADA
    // SANDHI MARK were none.
    case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
    default:
      scalar.properties.generalCategory == .nonspacingMark && isAssigned(scalar, in: categories)
    }
  }

  /// Whether `\p{L}` of a regular expression matches.
  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      isAssigned(scalar, in: expressions)
    default: false
    }
  }

  /// Whether `\p{N}` of a regular expression matches.
  static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: isAssigned(scalar, in: expressions)
    default: false
    }
  }

  /// Whether `\w` of a regular expression matches.
  static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isAlphabetic || properties.isJoinControl { return true }
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      true
    default: false
    }
  }

  /// The full canonical decomposition of a scalar, itself where it has none.
  static func decomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard isAssigned(scalar, in: decompositions) else { return [scalar] }
    return Array(String(scalar)._nfd)
  }

  /// The canonical combining class; 0 for characters that the tables do not know yet.
  static func combiningClass(of scalar: Unicode.Scalar) -> UInt8 {
    let value = scalar.properties.canonicalCombiningClass.rawValue
    return value == 0 || isAssigned(scalar, in: decompositions) ? value : 0
  }

  private static func isAssigned(
    _ scalar: Unicode.Scalar,
    in version: (major: Int, minor: Int)
  ) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return (age.major, age.minor) <= version
  }
}
