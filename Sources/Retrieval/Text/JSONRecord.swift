internal import VectorCore

/// What is asked of a record of JSON.
enum JSONRecord {
  /// The names under which an id is looked for, in this order.
  static let idNames = ["_id", "id", "text_id"]

  /// The value that a name leads to: a member of this very name, or, where the name has dots, a
  /// member of nested objects.
  static func value(_ name: String, in object: JSON) -> JSON? {
    if let value = object[name] { return value }
    guard name.contains(".") else { return nil }
    var value = object
    for step in name.split(separator: ".", omittingEmptySubsequences: false) {
      guard let next = value[String(step)] else { return nil }
      value = next
    }
    return value
  }
}

extension LineReader {
  /// Reads the current line as an object of JSON.
  func object(_ line: [UInt8], repairing: Bool) throws(FileError) -> JSON {
    let value: JSON
    do throws(JSON.Malformed) {
      value = try JSON(parsing: line, repairing: repairing)
    } catch {
      throw self.error(
        line.isEmpty ? "the line is empty" : "byte \(error.offset + 1): \(error.reason)",
        remedy: "give one object of JSON a line"
      )
    }
    guard value.members != nil else {
      throw error("is \(value.kind), not an object", remedy: "give one object of JSON a line")
    }
    return value
  }

  /// The object's id, a text or a whole number; `nil` where it has none.
  func id(of object: JSON) throws(FileError) -> String? {
    for name in JSONRecord.idNames {
      switch object[name] {
      case .text(let text): return text
      case .number(let digits): return digits
      case .null, nil: continue
      case .some(let other):
        throw error("the id '\(name)' is \(other.kind), not a text or a number")
      }
    }
    return nil
  }

  /// A field's value in UTF-8; `nil` where it is missing or null.
  func value(of field: String, in object: JSON) throws(FileError) -> [UInt8]? {
    switch JSONRecord.value(field, in: object) {
    case .text(let text): return Array(text.utf8)
    case .number(let digits): return Array(digits.utf8)
    case .flag(let flag): return Array("\(flag)".utf8)
    case .null, nil: return nil
    case .some(let other):
      throw error(
        "the field '\(field)' is \(other.kind), not a text",
        remedy: "name a field inside it, as in <\(field).name>"
      )
    }
  }
}
