public import VectorCore

/// Typed columns beside the vectors of an index, for predicates to ask about: in each a value, or none,
/// for every row.
public struct AttributeTable: Sendable, Equatable {
  /// The number of rows.
  public let count: Int
  /// The columns, each with a name of its own.
  public let columns: [Column]

  /// One column.
  public struct Column: Sendable, Equatable {
    /// The name: at least one byte of UTF-8.
    public let name: String
    /// The values, `[count]`; what stands where a row has none is without meaning.
    public let values: Values
    /// The rows that have a value.
    public let present: RowFilter

    /// Joins the parts, which are of as many rows.
    public init(name: String, values: Values, present: RowFilter) {
      precondition(values.count == present.count, "\(values.count) values, \(present.count) rows")
      self.name = name
      self.values = values
      self.present = present
    }
  }

  /// The values of a column, all of one type.
  public enum Values: Sendable, Equatable {
    /// Whole numbers.
    case integers(SharedArray<Int64>)
    /// Numbers, all finite.
    case reals(SharedArray<Double>)
    /// Texts: for each row a place among `words`, which ascend by their bytes.
    case texts(SharedArray<UInt32>, words: [String])

    /// The number of values.
    public var count: Int {
      switch self {
      case .integers(let values): values.count
      case .reals(let values): values.count
      case .texts(let codes, _): codes.count
      }
    }

    /// The bytes that values and words take.
    var byteCount: Int {
      switch self {
      case .integers(let values): values.byteCount
      case .reals(let values): values.byteCount
      case .texts(let codes, let words):
        words.reduce(codes.byteCount) { $0 + $1.utf8.count + MemoryLayout<String>.stride }
      }
    }

    /// The type's name: "integer", "real", "text".
    public var typeName: String {
      switch self {
      case .integers: "integer"
      case .reals: "real"
      case .texts: "text"
      }
    }
  }

  /// Joins columns.
  ///
  /// - Precondition: the columns have `count` rows and different names.
  public init(count: Int, columns: [Column]) {
    precondition(columns.allSatisfy { $0.values.count == count }, "columns of other lengths")
    precondition(Set(columns.map(\.name)).count == columns.count, "two columns of one name")
    self.count = count
    self.columns = columns
  }

  /// The column of a name; `nil` where there is none.
  public subscript(name: String) -> Column? { columns.first { $0.name == name } }

  /// About the bytes that the columns take, in memory as in a file.
  public var byteCount: Int {
    columns.reduce(0) { $0 + $1.values.byteCount + (count + 7) / 8 }
  }

  /// The attributes of some rows, in the order given.
  public func subset(_ rows: [UInt32]) -> AttributeTable {
    AttributeTable(
      count: rows.count,
      columns: columns.map { column in
        Column(
          name: column.name,
          values: column.values.subset(rows),
          present: RowFilter(count: rows.count) { column.present[rows[Int($0)]] }
        )
      }
    )
  }
}

extension AttributeTable.Values {
  fileprivate func subset(_ rows: [UInt32]) -> Self {
    func chosen<Element: BitwiseCopyable>(_ values: SharedArray<Element>) -> SharedArray<Element> {
      SharedArray(rows.map { values[Int($0)] })
    }
    return switch self {
    case .integers(let values): .integers(chosen(values))
    case .reals(let values): .reals(chosen(values))
    case .texts(let codes, let words): .texts(chosen(codes), words: words)
    }
  }
}
