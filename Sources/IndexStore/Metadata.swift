internal import VectorCore

/// What the metadata block holds: the summary, the backend's numbers, and who wrote the file.
struct Metadata: Equatable, Sendable {
  var summary: IndexSummary
  var attributes: [String: Int]
  /// The version of Needletail that wrote the file.
  var program: String

  /// The most vectors and the longest vector that a file may claim, so that products of the two
  /// with the size of an element never overflow.
  static let countLimit = Int(UInt32.max)
  static let dimensionLimit = 1 << 20
  static let keyLimit = 64

  private enum Kind: UInt8 {
    case text = 1
    case unsigned = 2
    case attribute = 3
  }
  private enum Value {
    case text(String)
    case unsigned(UInt64)
    case attribute(Int)
  }
  private static let optionalFlag: UInt8 = 1
  private static let modelKey = "model"

  /// The block's bytes: records of kind, flags, key and value.
  func encoded() -> [UInt8] {
    var writer = ByteWriter()
    Self.append("backend", text: summary.backend, to: &writer)
    Self.append("parameters", text: summary.parameters.description, to: &writer)
    Self.append("metric", text: summary.metric.rawValue, to: &writer)
    Self.append("count", .unsigned, UInt64(summary.count), to: &writer)
    Self.append("dimension", .unsigned, UInt64(summary.dimension), to: &writer)
    Self.append("seed", .unsigned, summary.seed, to: &writer)
    Self.append("program", text: program, to: &writer)
    if let model = summary.model {
      Self.append(Self.modelKey, text: model, flags: Self.optionalFlag, to: &writer)
    }
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      Self.append(name, .attribute, UInt64(bitPattern: Int64(value)), to: &writer)
    }
    return writer.bytes
  }

  private static func appendKey(
    _ key: String,
    _ kind: Kind,
    flags: UInt8 = 0,
    to writer: inout ByteWriter
  ) {
    precondition((1...keyLimit).contains(key.utf8.count), "the name '\(key)' is empty or too long")
    writer.append(kind.rawValue)
    writer.append(flags)
    writer.append(UInt16(key.utf8.count))
    writer.append(key)
  }

  private static func append(
    _ key: String,
    text: String,
    flags: UInt8 = 0,
    to writer: inout ByteWriter
  ) {
    appendKey(key, .text, flags: flags, to: &writer)
    writer.append(UInt32(text.utf8.count))
    writer.append(text)
  }

  private static func append(
    _ key: String,
    _ kind: Kind,
    _ number: UInt64,
    to writer: inout ByteWriter
  ) {
    appendKey(key, kind, to: &writer)
    writer.append(number)
  }
}

extension Metadata {
  /// Reads the block, whose first byte stands at `base` in the file.
  init(decoding bytes: [UInt8], base: Int, _ faults: FileFaults) throws(FileError) {
    var reader = ByteReader(bytes)
    var fields: [String: Value] = [:]
    attributes = [:]
    while !reader.isAtEnd {
      let place = "metadata, byte \(base + reader.offset)"
      guard let (key, value) = try Self.record(&reader, place: place, faults) else { continue }
      let isNew: Bool
      if case .attribute(let number) = value {
        isNew = attributes.updateValue(number, forKey: key) == nil
      } else {
        isNew = fields.updateValue(value, forKey: key) == nil
      }
      guard isNew else { throw faults.corrupt(place, "'\(key)' stands there twice") }
    }
    let text = { (key: String) throws(FileError) -> String in
      guard case .text(let text)? = fields.removeValue(forKey: key) else {
        throw faults.corrupt("metadata", "'\(key)' is missing")
      }
      return text
    }
    let number = { (key: String, range: ClosedRange<Int>) throws(FileError) -> Int in
      guard case .unsigned(let found)? = fields.removeValue(forKey: key) else {
        throw faults.corrupt("metadata", "'\(key)' is missing")
      }
      guard let value = Int(exactly: found), range.contains(value) else {
        throw faults.corrupt("metadata", "\(key) is \(found)")
      }
      return value
    }
    let metricName = try text("metric")
    guard let metric = Metric(rawValue: metricName) else {
      throw faults.newer("metadata", "metric '\(metricName)'")
    }
    let parameterText = try text("parameters")
    guard let parameters = try? Parameters(parsing: parameterText) else {
      throw faults.corrupt("metadata", "the parameters '\(parameterText)' are no name=value list")
    }
    guard case .unsigned(let seed)? = fields.removeValue(forKey: "seed") else {
      throw faults.corrupt("metadata", "'seed' is missing")
    }
    program = try text("program")
    var model: String?
    if case .text(let found)? = fields.removeValue(forKey: Self.modelKey) { model = found }
    summary = IndexSummary(
      backend: try text("backend"),
      parameters: parameters,
      metric: metric,
      count: try number("count", 1...Self.countLimit),
      dimension: try number("dimension", 1...Self.dimensionLimit),
      seed: seed,
      model: model
    )
    if let unknown = fields.keys.min() { throw faults.newer("metadata", "the field '\(unknown)'") }
  }

  /// One record; `nil` for one of an unknown kind that may be ignored.
  private static func record(
    _ reader: inout ByteReader,
    place: String,
    _ faults: FileFaults
  ) throws(FileError) -> (key: String, value: Value)? {
    let cut = faults.corrupt(place, "a record is cut off or no text")
    guard let kind = reader.read(UInt8.self), let flags = reader.read(UInt8.self),
      let keyLength = reader.read(UInt16.self)
    else { throw cut }
    guard flags & ~optionalFlag == 0 else {
      throw faults.newer(place, "a record has flags \(flags)")
    }
    guard (1...keyLimit).contains(Int(keyLength)), let key = reader.text(count: Int(keyLength)),
      !key.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { throw cut }
    switch Kind(rawValue: kind) {
    case .text:
      guard let length = reader.read(UInt32.self), let text = reader.text(count: Int(length)),
        !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else { throw cut }
      return flags == 0 || key == modelKey ? (key, .text(text)) : nil
    case .unsigned:
      guard let number = reader.read(UInt64.self) else { throw cut }
      return flags == 0 ? (key, .unsigned(number)) : nil
    case .attribute:
      guard let number = reader.read(UInt64.self) else { throw cut }
      return (key, .attribute(Int(Int64(bitPattern: number))))
    case nil: throw faults.newer(place, "a record of kind \(kind)")
    }
  }
}
