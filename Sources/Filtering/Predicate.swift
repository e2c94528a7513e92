public import IndexStore
public import VectorCore

/// A condition on the attributes of a vector, such as `year >= 2001 and lang in ("de", "en")`.
///
/// ```
/// condition  = term { "or" term }
/// term       = factor { "and" factor }
/// factor     = "not" factor | "(" condition ")" | comparison
/// comparison = column ("==" | "!=" | "<" | "<=" | ">" | ">=") value
///            | column ["not"] "in" "(" value { "," value } ")"
///            | column "is" ["not"] "missing"
/// value      = a number, a text in single or double quotes, true or false
/// ```
/// A column is a name of letters, digits, `_`, `.` and `-` that begins with a letter or `_`, or any name
/// between backquotes. Texts are compared by their bytes; a comparison with a row that has no value is
/// false, also `!=`.
public struct Predicate: Sendable, Equatable {
  let condition: Condition

  /// What must hold.
  indirect enum Condition: Sendable, Equatable {
    case compare(column: String, Comparison, Value)
    case member(column: String, [Value])
    case missing(column: String)
    case not(Condition)
    case all([Condition])
    case any([Condition])
  }

  /// How values are compared.
  enum Comparison: String, CaseIterable, Sendable {
    case equal = "=="
    case unequal = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"

    /// Whether it holds between two values.
    @inline(__always)
    func holds<Element: Comparable>(_ left: Element, _ right: Element) -> Bool {
      switch self {
      case .equal: left == right
      case .unequal: left != right
      case .lessOrEqual: left <= right
      case .greaterOrEqual: left >= right
      case .less: left < right
      case .greater: left > right
      }
    }
  }

  /// A value to compare with.
  enum Value: Sendable, Equatable {
    case integer(Int64)
    case real(Double)
    case text(String)
  }

  /// Reads a condition.
  ///
  /// - Parameter text: as above.
  /// - Throws: ``PredicateError`` with the place at which the text makes no sense.
  public init(parsing text: String) throws(PredicateError) {
    var parser = PredicateParser(text)
    condition = try parser.whole()
  }

  /// The rows for which the condition holds.
  ///
  /// - Parameter table: the attributes.
  /// - Returns: a filter for an index of the table's rows.
  /// - Throws: ``PredicateError`` for a column that the table does not have, and where a text is
  ///   compared with a number.
  /// - Complexity: O(rows) for each comparison.
  public func rows(of table: AttributeTable) throws(PredicateError) -> RowFilter {
    try condition.rows(of: table)
  }
}

/// A condition that cannot be read, or not be asked of a table.
public struct PredicateError: NeedletailError, Equatable {
  /// The class of failure: a wrong request.
  public var kind: FailureKind { .usage }
  /// What is wrong, and the remedy.
  public let description: String

  init(_ description: String) { self.description = description.onOneLine }
}

extension Predicate.Condition {
  func rows(of table: AttributeTable) throws(PredicateError) -> RowFilter {
    switch self {
    case .compare(let name, let comparison, let value):
      return try table.column(name).rows(where: comparison, value)
    case .member(let name, let values):
      let column = try table.column(name)
      var found = RowFilter(count: table.count, rows: [])
      for value in values { found = found.union(try column.rows(where: .equal, value)) }
      return found
    case .missing(let name): return try table.column(name).present.inverted
    case .not(let condition): return try condition.rows(of: table).inverted
    case .all(let conditions):
      var found = RowFilter(count: table.count) { _ in true }
      for condition in conditions { found = found.intersection(try condition.rows(of: table)) }
      return found
    case .any(let conditions):
      var found = RowFilter(count: table.count, rows: [])
      for condition in conditions { found = found.union(try condition.rows(of: table)) }
      return found
    }
  }
}

extension AttributeTable {
  fileprivate func column(_ name: String) throws(PredicateError) -> Column {
    if let column = self[name] { return column }
    let known = columns.map { "\($0.name) (\($0.values.typeName))" }.joined(separator: ", ")
    throw PredicateError("there is no attribute '\(name)'; there are \(known)")
  }
}

extension AttributeTable.Column {
  /// The rows whose value compares so with another.
  fileprivate func rows(
    where comparison: Predicate.Comparison,
    _ value: Predicate.Value
  ) throws(PredicateError) -> RowFilter {
    let isPresent = present
    switch (values, value) {
    case (.integers(let numbers), .integer(let other)):
      return RowFilter(count: numbers.count) { row in
        isPresent[row] && comparison.holds(numbers[Int(row)], other)
      }
    case (.integers(let numbers), .real(let other)):
      return RowFilter(count: numbers.count) { row in
        isPresent[row] && comparison.holds(Double(numbers[Int(row)]), other)
      }
    case (.reals(let numbers), .integer(let other)):
      return RowFilter(count: numbers.count) { row in
        isPresent[row] && comparison.holds(numbers[Int(row)], Double(other))
      }
    case (.reals(let numbers), .real(let other)):
      return RowFilter(count: numbers.count) { row in
        isPresent[row] && comparison.holds(numbers[Int(row)], other)
      }
    case (.texts(let codes, let words), .text(let other)):
      let bytes = Bytes(other)
      let holds = words.map { comparison.holds(Bytes($0), bytes) }
      return RowFilter(count: codes.count) { row in
        isPresent[row] && holds[Int(codes[Int(row)])]
      }
    case (.texts, _):
      throw PredicateError("the attribute '\(name)' holds texts; compare it with a text in quotes")
    case (_, .text):
      throw PredicateError("the attribute '\(name)' holds numbers; compare it with a number")
    }
  }

  /// A text that is compared by its bytes.
  private struct Bytes: Comparable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Bytes, right: Bytes) -> Bool {
      left.text.utf8.elementsEqual(right.text.utf8)
    }

    static func < (left: Bytes, right: Bytes) -> Bool {
      left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
  }
}
