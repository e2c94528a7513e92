/// The Python dictionary in the header of a `.npy` file.
///
/// Reads only what numpy writes: the keys `descr`, `fortran_order` and `shape`, each once, with a
/// string, a truth value and a tuple of whole numbers.
struct NpyDictionary {
  private(set) var descr = ""
  private(set) var fortranOrder = false
  private(set) var shape: [Int] = []

  /// What is wrong, and at which byte of the file.
  struct Malformed: Error {
    let offset: Int?
    let reason: String
    let remedy: String?
  }

  private var bytes: ArraySlice<UInt8>

  /// Reads the dictionary; the indices of `bytes` are offsets in the file.
  init(parsing bytes: ArraySlice<UInt8>) throws(Malformed) {
    self.bytes = bytes
    var missing: Set = ["descr", "fortran_order", "shape"]
    try expect("{")
    while !take("}") {
      let start = self.bytes.startIndex
      let key = try string()
      guard missing.remove(key) != nil else {
        throw malformed("key '\(key)' is not expected here", at: start)
      }
      try expect(":")
      switch key {
      case "descr": descr = try description()
      case "fortran_order": fortranOrder = try truthValue()
      default: shape = try tuple()
      }
      guard take(",") else {
        try expect("}")
        break
      }
    }
    guard missing.isEmpty else {
      throw malformed("key \(missing.sorted().joined(separator: ", ")) is missing")
    }
    skipSpace()
    guard self.bytes.isEmpty else { throw malformed("bytes behind the dictionary") }
  }

  private func malformed(_ what: String, at offset: Int? = nil) -> Malformed {
    Malformed(
      offset: offset ?? bytes.startIndex,
      reason: "malformed header: \(what)",
      remedy: "save it again with np.save"
    )
  }

  private mutating func skipSpace() {
    bytes = bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }
  }

  /// Steps over `word` where it is next, and over the space before it.
  private mutating func take(_ word: String) -> Bool {
    skipSpace()
    guard bytes.starts(with: word.utf8) else { return false }
    bytes = bytes.dropFirst(word.utf8.count)
    return true
  }

  private mutating func expect(_ word: String) throws(Malformed) {
    guard take(word) else { throw malformed("'\(word)' is expected") }
  }

  private mutating func string() throws(Malformed) -> String {
    skipSpace()
    guard let quote = bytes.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw malformed("a string is expected")
    }
    let rest = bytes.dropFirst()
    guard let end = rest.firstIndex(of: quote) else { throw malformed("a string has no end") }
    let text = rest[..<end]
    guard text.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
      throw malformed("a string holds other than plain characters")
    }
    bytes = rest[(end + 1)...]
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func description() throws(Malformed) -> String {
    skipSpace()
    guard bytes.first != UInt8(ascii: "["), bytes.first != UInt8(ascii: "(") else {
      throw Malformed(
        offset: bytes.startIndex,
        reason: "a structured dtype, not plain numbers",
        remedy: "save one field as a matrix with np.save"
      )
    }
    return try string()
  }

  private mutating func truthValue() throws(Malformed) -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw malformed("True or False is expected")
  }

  private mutating func tuple() throws(Malformed) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !take(")") {
      // numpy itself allows no more.
      guard numbers.count < 64 else { throw malformed("more than 64 dimensions") }
      numbers.append(try number())
      guard take(",") else {
        // One element without a comma is a number in parentheses, not a tuple.
        guard numbers.count > 1 else { throw malformed("',' is expected") }
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func number() throws(Malformed) -> Int {
    skipSpace()
    let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, digits.count <= 20 else {
      throw malformed("a whole number is expected")
    }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw malformed("the number is more than any file holds")
    }
    bytes = bytes[digits.endIndex...]
    return value
  }
}
