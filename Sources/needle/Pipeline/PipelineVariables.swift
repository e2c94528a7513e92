internal import ArgumentParser
internal import VectorCore

/// A value that replaces that of a variable: `name=value`.
struct VariableSetting: ExpressibleByArgument {
  let name: String
  let value: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    name = String(parts[0])
    value = String(parts[1])
  }
}

/// The variables of a pipeline, which stand as `${name}` in its texts.
struct PipelineVariables {
  private var values: [(name: String, value: String)] = []

  /// Reads variables; each may refer to those before it.
  ///
  /// - Throws: `FileError` for a value that is no text; ``UsageError`` for a setting of a variable
  ///   that is not there.
  init(_ json: JSON?, path: String, settings: [VariableSetting]) throws {
    let object = PipelineObject(json ?? .object([]), path: path, place: "variables")
    guard let members = (json ?? .object([])).members else { throw object.error("is no object") }
    if let other = settings.first(where: { setting in
      !members.contains { $0.name == setting.name }
    }) {
      let known = members.isEmpty ? "none" : members.map(\.name).joined(separator: ", ")
      throw UsageError("--set \(other.name): \(path) has no such variable; it has \(known)")
    }
    for member in members {
      guard let text = member.value.text else {
        throw object.error("'\(member.name)' is \(member.value.kind), not a text")
      }
      let given = settings.last { $0.name == member.name }?.value
      values.append((member.name, try substituted(in: given ?? text, object)))
    }
  }

  /// The text with values in place of variables.
  ///
  /// - Throws: `FileError` for a variable that is not known, and a brace without end.
  func substituted(in text: String, _ object: PipelineObject) throws -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      result += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
        throw object.error("'\(text)' has a '${' without '}'")
      }
      let name = rest[start.upperBound..<end]
      guard let value = values.first(where: { $0.name == name })?.value else {
        throw object.error("'\(text)' has the variable '\(name)', which is not known there")
      }
      result += value
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
