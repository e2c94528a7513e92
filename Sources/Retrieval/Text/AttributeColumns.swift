internal import IndexStore
internal import VectorCore

/// The columns and what is known of their types.
struct ColumnTypes {
  /// In the order of their first values.
  private(set) var names: [String] = []
  private var kinds: [String: AttributeKind] = [:]

  mutating func note(_ field: AttributeField) {
    guard let known = kinds[field.name] else {
      names.append(field.name)
      kinds[field.name] = field.kind
      return
    }
    if known < field.kind { kinds[field.name] = field.kind }
  }

  func kind(of name: String) -> AttributeKind { kinds[name] ?? .text }
}

/// A column while it is filled.
struct ColumnBuilder {
  private let name: String
  private let kind: AttributeKind
  private var integers: [Int64] = []
  private var reals: [Double] = []
  private var codes: [UInt32] = []
  private var words: [String] = []
  // By bytes: texts may differ in Unicode's normalization only.
  private var codeOf: [[UInt8]: UInt32] = [:]
  private var isPresent: [Bool]

  init(name: String, kind: AttributeKind, count: Int) {
    self.name = name
    self.kind = kind
    isPresent = Array(repeating: false, count: count)
    switch kind {
    case .integer: integers = Array(repeating: 0, count: count)
    case .real: reals = Array(repeating: 0, count: count)
    case .text: codes = Array(repeating: 0, count: count)
    }
  }

  mutating func set(_ row: Int, _ field: AttributeField) {
    isPresent[row] = true
    switch kind {
    case .integer: integers[row] = Int64(field.text) ?? 0
    case .real: reals[row] = Double(field.text) ?? 0
    case .text: codes[row] = code(of: field.text)
    }
  }

  private mutating func code(of text: String) -> UInt32 {
    let bytes = Array(text.utf8)
    if let code = codeOf[bytes] { return code }
    let code = UInt32(words.count)
    codeOf[bytes] = code
    words.append(text)
    return code
  }

  func finished() -> AttributeTable.Column {
    let values: AttributeTable.Values
    switch kind {
    case .integer: values = .integers(SharedArray(integers))
    case .real: values = .reals(SharedArray(reals))
    case .text:
      let order = words.indices.sorted {
        words[$0].utf8.lexicographicallyPrecedes(words[$1].utf8)
      }
      var rank = [UInt32](repeating: 0, count: words.count)
      for (place, word) in order.enumerated() { rank[word] = UInt32(place) }
      let ranks = zip(codes, isPresent).map { code, isPresent in isPresent ? rank[Int(code)] : 0 }
      values = .texts(SharedArray(ranks), words: order.map { words[$0] })
    }
    return AttributeTable.Column(
      name: name,
      values: values,
      present: RowFilter(count: isPresent.count) { isPresent[Int($0)] }
    )
  }
}
