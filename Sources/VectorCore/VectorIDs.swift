/// The ids of a set's vectors: their row numbers, possibly with a name for each, or one unsigned
/// 64-bit number each.
public struct VectorIDs: Sendable, Equatable {
  /// One id per row, or `nil` where the id is the row number.
  public let explicit: [UInt64]?
  /// A name for each row where ids are words; the numeric ids are row numbers then.
  public let names: VectorNames?

  /// Every vector's id is its row number.
  public static let rowNumbers = VectorIDs(unchecked: nil)

  /// Takes one id per row.
  ///
  /// - Throws: ``IndexError/duplicateID(id:firstRow:secondRow:)``.
  /// - Complexity: O(n) time and memory.
  public init(_ ids: [UInt64]) throws(IndexError) {
    var rowOf: [UInt64: Int] = [:]
    rowOf.reserveCapacity(ids.count)
    for (row, id) in ids.enumerated() {
      if let first = rowOf.updateValue(row, forKey: id) {
        throw .duplicateID(id: id, firstRow: first, secondRow: row)
      }
    }
    self.init(unchecked: ids)
  }

  /// Takes ids that are known to be unique, as those of a verified index file.
  public init(unchecked ids: [UInt64]?) {
    explicit = ids
    names = nil
  }

  /// Takes names; the ids are row numbers.
  public init(names: VectorNames) {
    explicit = nil
    self.names = names
  }

  /// Joins the ids of sets that follow one another: numbers where all have some, names else.
  ///
  /// Each part has ids or names of its own.
  /// - Throws: ``IndexError/duplicateID(id:firstRow:secondRow:)``,
  ///   ``IndexError/duplicateName(name:firstRow:secondRow:)``.
  init(joining parts: [VectorIDs]) throws(IndexError) {
    let numbers = parts.compactMap(\.explicit)
    if numbers.count == parts.count {
      // Ids that are the row numbers need no room.
      let ids = numbers.count == 1 ? numbers[0] : Array(numbers.joined())
      let areRows = ids.enumerated().allSatisfy { UInt64($0.offset) == $0.element }
      self = areRows ? .rowNumbers : try VectorIDs(ids)
      return
    }
    guard parts.count > 1 else {
      self = parts[0]
      return
    }
    var names = VectorNames.Builder()
    for part in parts {
      for row in 0..<(part.count ?? 0) { names.append(part.word(at: row).utf8) }
    }
    self.init(names: try names.finished())
  }

  /// The name of a row, or its number as a word.
  package func word(at row: Int) -> String { names?[row] ?? "\(self[UInt32(row)])" }

  /// The bytes that ids or names take; `nil` where there are neither.
  package var byteCount: Int? { explicit.map { 8 * $0.count } ?? names?.byteCount }

  /// How many vectors the ids are for, or `nil` where they go with any number.
  public var count: Int? { explicit?.count ?? names?.count }

  /// The id of the vector at `row`.
  @inlinable
  public subscript(row: UInt32) -> UInt64 { explicit?[Int(row)] ?? UInt64(row) }

  /// The id of a found vector as runs have it.
  ///
  /// - Parameter id: an id of this set.
  /// - Returns: its name where there are names, else the number.
  public func text(of id: UInt64) -> String {
    guard let names, let row = Int(exactly: id), row < names.count else { return "\(id)" }
    return names[row]
  }

  /// The ids of some rows, in their order: numbers, since names go with a whole set only.
  public func subset(_ rows: [UInt32]) -> VectorIDs {
    VectorIDs(unchecked: rows.map { self[$0] })
  }

  /// The rows of some ids as runs have them: names where there are names, else numbers.
  ///
  /// - Parameters:
  ///   - words: the ids.
  ///   - count: the number of vectors.
  /// - Returns: their rows, in the order of `words`; `nil` for an id that no vector has.
  /// - Complexity: O(count + words) time; memory for the words.
  package func rows(of words: [String], count: Int) -> [UInt32?] {
    if let names { return names.rows(of: words) }
    // "007" is the id of no vector.
    let numbers = words.map { word in UInt64(word).flatMap { "\($0)" == word ? $0 : nil } }
    guard let explicit else {
      return numbers.map { $0.flatMap { $0 < UInt64(count) ? UInt32($0) : nil } }
    }
    var places: [UInt64: [Int]] = [:]
    var sieve = Sieve(capacity: numbers.count)
    for (place, number) in numbers.enumerated() {
      guard let number else { continue }
      places[number, default: []].append(place)
      sieve.insert(number)
    }
    var rows = [UInt32?](repeating: nil, count: words.count)
    for (row, id) in explicit.enumerated() where sieve.mayContain(id) {
      for place in places[id] ?? [] { rows[place] = UInt32(row) }
    }
    return rows
  }
}
