internal import VectorCore

extension AttributeTable {
  /// A column that is of texts in one table and of numbers in another, with both types.
  package static func conflict(
    among tables: [AttributeTable]
  ) -> (name: String, first: String, second: String)? {
    var first: [String: Values] = [:]
    for column in tables.flatMap(\.columns) {
      guard let known = first[column.name] else {
        first[column.name] = column.values
        continue
      }
      if known.areTexts != column.values.areTexts {
        return (column.name, known.typeName, column.values.typeName)
      }
    }
    return nil
  }

  /// The tables of sets that follow one another as one; `nil` where none of them has a table.
  ///
  /// A row has no value in a column that its table lacks. Whole numbers become real where the column is
  /// so in another table.
  /// - Parameter parts: the tables, with the number of rows of each set; no two are in ``conflict(among:)``.
  /// - Complexity: O(rows · columns).
  package init?(joining parts: [(table: AttributeTable?, count: Int)]) {
    var names: [String] = []
    for column in parts.compactMap(\.table).flatMap(\.columns) where !names.contains(column.name) {
      names.append(column.name)
    }
    guard !names.isEmpty else { return nil }
    self.init(
      count: parts.reduce(0) { $0 + $1.count },
      columns: names.map { name in
        Column(joining: parts.map { ($0.table?[name], $0.count) }, name: name)
      }
    )
  }
}

extension AttributeTable.Column {
  fileprivate init(joining parts: [(column: AttributeTable.Column?, count: Int)], name: String) {
    let total = parts.reduce(0) { $0 + $1.count }
    var present: [UInt32] = []
    var first: UInt32 = 0
    for (column, count) in parts {
      if let column { present += column.present.rows.map { first + $0 } }
      first += UInt32(count)
    }
    let columns = parts.compactMap { $0.column?.values }
    let values: AttributeTable.Values =
      if columns.contains(where: \.areTexts) {
        Self.texts(parts)
      } else if columns.allSatisfy(\.areIntegers) {
        .integers(SharedArray(parts.flatMap { part in part.column?.integers ?? zeros(part.count) }))
      } else {
        .reals(SharedArray(parts.flatMap { part in part.column?.reals ?? zeros(part.count) }))
      }
    self.init(name: name, values: values, present: RowFilter(count: total, rows: present))
  }

  /// Texts of all parts, by the places of those that occur among all.
  private static func texts(
    _ parts: [(column: AttributeTable.Column?, count: Int)]
  ) -> AttributeTable.Values {
    // By bytes: texts may differ in Unicode's normalization only.
    var used: Set<[UInt8]> = []
    for part in parts {
      guard let column = part.column, case .texts(let codes, let words) = column.values else {
        continue
      }
      for code in Set(column.present.rows.map { codes[Int($0)] }) where code < words.count {
        used.insert(Array(words[Int(code)].utf8))
      }
    }
    let words = used.sorted { $0.lexicographicallyPrecedes($1) }
    let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, UInt32($0)) })
    var joined: [UInt32] = []
    for part in parts {
      guard let column = part.column, case .texts(let codes, let own) = column.values else {
        joined += zeros(part.count)
        continue
      }
      let renamed = own.map { places[Array($0.utf8)] ?? 0 }
      joined += (0..<part.count).map { row in
        let code = Int(codes[row])
        return code < renamed.count ? renamed[code] : 0
      }
    }
    return .texts(SharedArray(joined), words: words.map { String(decoding: $0, as: UTF8.self) })
  }

  private var integers: [Int64]? {
    guard case .integers(let values) = values else { return nil }
    return (0..<values.count).map { values[$0] }
  }

  private var reals: [Double]? {
    switch values {
    case .integers(let values): (0..<values.count).map { Double(values[$0]) }
    case .reals(let values): (0..<values.count).map { values[$0] }
    case .texts: nil
    }
  }
}

private func zeros<Number: Numeric>(_ count: Int) -> [Number] {
  [Number](repeating: .zero, count: count)
}

extension AttributeTable.Values {
  fileprivate var areTexts: Bool {
    if case .texts = self { true } else { false }
  }

  fileprivate var areIntegers: Bool {
    if case .integers = self { true } else { false }
  }
}
