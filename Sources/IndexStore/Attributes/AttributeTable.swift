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
}
