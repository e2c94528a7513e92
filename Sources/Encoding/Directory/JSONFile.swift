internal import FoundationEssentials
internal import VectorCore

/// JSON files as values, with errors that name the file and the key.
enum JSONFile {
  /// The configuration files of models hold a few kilobytes, an index of shards a few hundred.
  private static let sizeLimit = 64 << 20

  /// Reads a file.
  ///
  /// - Throws: ``FileError`` for missing files, malformed JSON, and keys that are missing or hold a
  ///   value that is not allowed.
  static func decode<Value: Decodable>(
    _ type: Value.Type,
    from path: String
  ) throws(FileError) -> Value {
    let file = try MappedFile(path: path)
    guard file.count <= sizeLimit else {
      throw FileError(
        .badData,
        path: path,
        reason: "\(file.count) bytes are too many for a configuration",
        remedy: "give a model's own JSON file"
      )
    }
    return try decode(type, from: file.bytes(0..<file.count), path: path)
  }

  /// Reads JSON that is a part of the file `path`.
  static func decode<Value: Decodable>(
    _ type: Value.Type,
    from bytes: [UInt8],
    path: String
  ) throws(FileError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw failure(error, path: path)
    }
  }

  private static func failure(_ error: any Error, path: String) -> FileError {
    func failure(_ path: String, _ keys: [any CodingKey], _ reason: String) -> FileError {
      let place = keys.map(\.stringValue).joined(separator: ".")
      return FileError(
        .badData,
        path: path,
        place: place.isEmpty ? nil : "key '\(place)'",
        reason: reason,
        remedy: "repair this file or download it again"
      )
    }
    return switch error {
    case DecodingError.keyNotFound(let key, let context):
      failure(path, context.codingPath + [key], "this key is missing")
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      failure(path, context.codingPath, "the value is of another type: \(context.debugDescription)")
    case DecodingError.dataCorrupted(let context):
      failure(path, context.codingPath, context.debugDescription)
    default:
      failure(path, [], "is no valid JSON")
    }
  }
}

/// A key of JSON whose name is known when the file is read.
struct AnyKey: CodingKey, ExpressibleByStringLiteral {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringLiteral name: String) { stringValue = name }
  init(stringValue name: String) { stringValue = name }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<AnyKey> {
  /// A number under the first of `keys` that is there.
  ///
  /// - Throws: `DecodingError` where none is there and no `standard` value is given, and for numbers
  ///   outside `range`.
  func integer(
    _ keys: AnyKey...,
    in range: ClosedRange<Int> = 1...1 << 24,
    standard: Int? = nil
  ) throws -> Int {
    let key = keys.first { contains($0) } ?? keys[0]
    let value =
      if let standard { try decodeIfPresent(Int.self, forKey: key) ?? standard } else {
        try decode(Int.self, forKey: key)
      }
    guard range.contains(value) else {
      throw refused(key, "\(value) is not in \(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  /// A positive number, such as the epsilon of a norm.
  func positive(_ key: AnyKey, standard: Double) throws -> Double {
    let value = try decodeIfPresent(Double.self, forKey: key) ?? standard
    guard value.isFinite, value > 0 else { throw refused(key, "\(value) is not positive") }
    return value
  }

  /// A number from 0 up to, and without, 1, such as a rate of dropout.
  func probability(_ keys: AnyKey..., standard: Double) throws -> Double {
    let key = keys.first { contains($0) } ?? keys[0]
    let value = try decodeIfPresent(Double.self, forKey: key) ?? standard
    guard value >= 0, value < 1 else { throw refused(key, "\(value) is no probability below 1") }
    return value
  }

  /// One of the names that an enumeration knows.
  func name<Names: RawRepresentable<String> & CaseIterable>(
    _ keys: AnyKey...,
    as type: Names.Type,
    standard: Names
  ) throws -> Names {
    let key = keys.first { contains($0) } ?? keys[0]
    guard let name = try decodeIfPresent(String.self, forKey: key) else { return standard }
    guard let value = Names(rawValue: name) else {
      let known = Names.allCases.map(\.rawValue).joined(separator: ", ")
      throw refused(key, "'\(name)' is not supported, only \(known)")
    }
    return value
  }

  /// The error of a value that is not allowed.
  func refused(_ key: AnyKey, _ reason: String) -> DecodingError {
    DecodingError.dataCorrupted(.init(codingPath: codingPath + [key], debugDescription: reason))
  }
}
