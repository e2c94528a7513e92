internal import VectorCore

/// Settings of a model as its JSON files hold them.
extension JSONNode {
  /// A number under the first of `names` that is there.
  ///
  /// - Throws: ``FileError`` where none is there and no `standard` value is given, and for numbers
  ///   outside `range`.
  func integer(
    _ names: String...,
    in range: ClosedRange<Int> = 1...1 << 24,
    standard: Int? = nil
  ) throws(FileError) -> Int {
    let name = names.first { self[$0] != nil } ?? names[0]
    if let standard, self[name] == nil { return standard }
    return try required(name).integer(in: range)
  }

  /// A positive number, such as the epsilon of a norm.
  func positive(_ name: String, standard: Double) throws(FileError) -> Double {
    guard let node = self[name] else { return standard }
    let value = try node.number()
    guard value > 0 else { throw refused(name, "\(value) is not positive") }
    return value
  }

  /// A number from 0 up to, and without, 1, such as a rate of dropout.
  func probability(_ names: String..., standard: Double) throws(FileError) -> Double {
    guard let name = names.first(where: { self[$0] != nil }), let node = self[name] else {
      return standard
    }
    let value = try node.number()
    guard value >= 0, value < 1 else { throw refused(name, "\(value) is no probability below 1") }
    return value
  }

  /// One of the names that an enumeration knows.
  func name<Names: RawRepresentable<String> & CaseIterable>(
    _ names: String...,
    as type: Names.Type,
    standard: Names
  ) throws(FileError) -> Names {
    let key = names.first { self[$0] != nil } ?? names[0]
    guard let name = try self[key]?.text() else { return standard }
    guard let value = Names(rawValue: name) else {
      let known = Names.allCases.map(\.rawValue).joined(separator: ", ")
      throw refused(key, "'\(name)' is not supported, only \(known)")
    }
    return value
  }

  /// The error of a value that is not allowed.
  func refused(_ name: String, _ reason: String) -> FileError {
    error(about: name, reason, remedy: "repair this file or download it again")
  }
}
