/// The members of an object in a manifest, taken one by one and checked.
package struct ManifestFields {
  private var members: [JSONMember]
  private let isObject: Bool
  private let path: String
  /// The names of the objects around this one: "ids.".
  private let prefix: String
  /// What helps where the manifest is wrong.
  private let remedy: String

  package static let remedy = "restore it from a copy, or encode again into another folder"

  /// Takes the members of an object; any other value has none.
  package init(
    _ value: JSON,
    path: String,
    prefix: String = "",
    remedy: String = ManifestFields.remedy
  ) {
    members = value.members ?? []
    isObject = value.members != nil
    self.path = path
    self.prefix = prefix
    self.remedy = remedy
  }

  /// An error about one member.
  package func fault(_ name: String, _ reason: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: "'\(prefix)\(name)'",
      reason: reason,
      remedy: remedy
    )
  }

  /// An error about something that a later version may have added.
  package func newer(_ what: String) -> FileError {
    FileError(
      .badData,
      path: path,
      reason: "has \(prefix)\(what), which this Needletail does not know",
      remedy: "update Needletail"
    )
  }

  private mutating func take(_ name: String) throws(FileError) -> JSON {
    guard isObject else {
      throw FileError(
        .badData,
        path: path,
        place: prefix.isEmpty ? nil : "'\(prefix.dropLast())'",
        reason: "is no object",
        remedy: remedy
      )
    }
    guard let place = members.firstIndex(where: { $0.name == name }) else {
      throw fault(name, "is missing")
    }
    return members.remove(at: place).value
  }

  package mutating func text(_ name: String) throws(FileError) -> String {
    let value = try take(name)
    guard let text = value.text else { throw fault(name, "is \(value.kind), not a text") }
    return text
  }

  /// A text, or `nil` where `null` stands.
  package mutating func optionalText(_ name: String) throws(FileError) -> String? {
    let value = try take(name)
    if value == .null { return nil }
    guard let text = value.text else { throw fault(name, "is \(value.kind), not a text") }
    return text
  }

  package mutating func integer(_ name: String, _ range: ClosedRange<Int>) throws(FileError) -> Int
  {
    let value = try take(name)
    guard let number = value.integer, range.contains(number) else {
      let found = if case .number(let digits) = value { digits } else { value.kind }
      throw fault(name, "is \(found), not a whole number from \(range.lowerBound) on")
    }
    return number
  }

  /// Checks a text that can only be this.
  package mutating func expect(_ name: String, _ expected: String) throws(FileError) {
    let text = try text(name)
    guard text == expected else { throw fault(name, "is '\(text)', not '\(expected)'") }
  }

  package mutating func choice<Value>(
    _ name: String,
    _ values: KeyValuePairs<String, Value>
  ) throws(FileError) -> Value {
    let text = try text(name)
    guard let found = values.first(where: { $0.key == text }) else {
      let known = values.map { "'\($0.key)'" }.joined(separator: " or ")
      throw fault(name, "is '\(text)', not \(known)")
    }
    return found.value
  }

  /// Sixteen hexadecimal digits, or null.
  mutating func checksum() throws(FileError) -> String? {
    let value = try take("checksum")
    if value == .null { return nil }
    guard let text = value.text, text.utf8.count == 16,
      text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
    else { throw fault("checksum", "is no checksum of 16 hexadecimal digits") }
    return text
  }

  /// Reads an object, or null.
  mutating func nested<Value>(
    _ name: String,
    _ read: (inout ManifestFields) throws(FileError) -> Value
  ) throws(FileError) -> Value? {
    let value = try take(name)
    if value == .null { return nil }
    var part = ManifestFields(value, path: path, prefix: "\(prefix)\(name).", remedy: remedy)
    let result = try read(&part)
    try part.expectNothingElse()
    return result
  }

  /// Reads an array of objects.
  package mutating func list<Value>(
    _ name: String,
    _ read: (inout ManifestFields) throws(FileError) -> Value
  ) throws(FileError) -> [Value] {
    let value = try take(name)
    guard let elements = value.list else { throw fault(name, "is \(value.kind), not a list") }
    var result: [Value] = []
    for (place, element) in elements.enumerated() {
      var part = ManifestFields(
        element,
        path: path,
        prefix: "\(prefix)\(name)[\(place)].",
        remedy: remedy
      )
      result.append(try read(&part))
      try part.expectNothingElse()
    }
    return result
  }

  /// Reads an object whose members are all texts.
  mutating func texts(_ name: String) throws(FileError) -> [(name: String, text: String)] {
    let value = try take(name)
    guard let members = value.members else { throw fault(name, "is \(value.kind), not an object") }
    var result: [(name: String, text: String)] = []
    for member in members {
      guard let text = member.value.text else {
        throw fault("\(name).\(member.name)", "is \(member.value.kind), not a text")
      }
      result.append((member.name, text))
    }
    return result
  }

  /// Refuses members that nobody took.
  package func expectNothingElse() throws(FileError) {
    guard let other = members.first else { return }
    throw newer("a member '\(other.name)'")
  }
}
