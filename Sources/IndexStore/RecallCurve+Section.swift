internal import VectorCore

/// The section `recall-curve`, bytes of this layout:
///
/// | size | field |
/// | ---: | --- |
/// | 8 | target, f64 |
/// | 4 | number of queries |
/// | 2 | the queries: 0 held out, 1 each left out, 2 given |
/// | 2 | the values: 0 real, 1 whole numbers |
/// | 4 | `p`, number of settings |
/// | 4 | `t`, number of tables |
/// | 4 | `l`, size of the parameter's name |
/// | `l` | the name |
/// | 8·`p` | the values, i64 where they are whole, else f64 |
/// | `t` × (8 + 16·`p`) | per table: k, u64; per setting its recall and its lower bound, f64 |
extension RecallCurve {
  /// The section's name.
  static let section = "recall-curve"

  /// More bytes than a curve within its limits can take.
  fileprivate static let byteLimit = 128 + 8 * pointLimit + tableLimit * (8 + 16 * pointLimit)

  /// The section's bytes.
  func encoded() -> [UInt8] {
    var writer = ByteWriter()
    let values = tables[0].points.map(\.value)
    writer.append(target.bitPattern)
    writer.append(UInt32(queryCount))
    writer.append(querySource.rawValue)
    if case .integer = values[0] { writer.append(UInt16(1)) } else { writer.append(UInt16(0)) }
    writer.append(UInt32(values.count))
    writer.append(UInt32(tables.count))
    writer.append(UInt32(parameter.utf8.count))
    writer.append(parameter)
    for value in values {
      if case .integer(let number) = value {
        writer.append(Int64(number))
      } else {
        writer.append((value.number ?? 0).bitPattern)
      }
    }
    for table in tables {
      writer.append(UInt64(table.k))
      for point in table.points {
        writer.append(point.recall.bitPattern)
        writer.append(point.lowerBound.bitPattern)
      }
    }
    return writer.bytes
  }

  /// Reads a section's bytes; `nil` where they end early, late, or stand for no numbers.
  ///
  /// What the numbers say is for ``fault`` to judge.
  init?(decoding bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let target = reader.double(), let queries = reader.read(UInt32.self),
      let source = reader.read(UInt16.self).flatMap({ QuerySource(rawValue: $0) }),
      let whole = reader.read(UInt16.self), whole <= 1,
      let points = reader.read(UInt32.self), points <= Self.pointLimit,
      let tableCount = reader.read(UInt32.self), tableCount <= Self.tableLimit,
      let length = reader.read(UInt32.self), let name = reader.text(count: Int(length))
    else { return nil }
    var values: [ParameterValue] = []
    for _ in 0..<points {
      guard let bits = reader.read(UInt64.self) else { return nil }
      values.append(
        whole == 1 ? .integer(Int(Int64(bitPattern: bits))) : .real(Double(bitPattern: bits))
      )
    }
    var tables: [Table] = []
    for _ in 0..<tableCount {
      guard let number = reader.read(UInt64.self), let k = Int(exactly: number) else { return nil }
      var settings: [Point] = []
      for value in values {
        guard let recall = reader.double(), let bound = reader.double() else { return nil }
        settings.append(Point(value: value, recall: recall, lowerBound: bound))
      }
      tables.append(Table(k: k, points: settings))
    }
    guard reader.isAtEnd else { return nil }
    self.init(
      unchecked: name,
      target: target,
      queryCount: Int(queries),
      querySource: source,
      tables: tables
    )
  }
}

extension IndexFile {
  /// The recall curve that the index was tuned with, or `nil` where it was not tuned.
  ///
  /// - Throws: ``VectorCore/FileError`` for a curve that makes no sense.
  public func recallCurve() throws -> RecallCurve? {
    let section = RecallCurve.section
    guard contains(section) else { return nil }
    let count = try elementCount(section, of: UInt8.self)
    let bytes = try array(section, of: UInt8.self, count: count)
    guard count <= RecallCurve.byteLimit,
      let curve = RecallCurve(decoding: (0..<count).map { bytes[$0] })
    else { throw corrupt(section: section, reason: "\(count) bytes that are no recall curve") }
    if let fault = curve.fault { throw corrupt(section: section, reason: fault) }
    if let k = curve.tables.last?.k, k > curve.available(of: summary.count) {
      throw corrupt(
        section: section,
        reason: "k is \(k) with \(summary.count) vectors and \(curve.queryCount) queries"
      )
    }
    return curve
  }

  /// Wraps an index in its curve, after checking that the backend allows its settings.
  func tuned(
    _ index: any StoredIndex,
    with curve: RecallCurve,
    _ backend: any IndexBackend.Type
  ) throws -> any StoredIndex {
    for point in curve.tables[0].points {
      let setting: Parameters = [curve.parameter: point.value]
      do {
        _ = try setting.resolved(against: backend.searchParameters, owner: backend.name)
      } catch {
        throw corrupt(section: RecallCurve.section, reason: error.description)
      }
    }
    return TunedIndex(index, curve: curve)
  }
}

extension ByteReader {
  fileprivate mutating func double() -> Double? {
    read(UInt64.self).map { Double(bitPattern: $0) }
  }
}
