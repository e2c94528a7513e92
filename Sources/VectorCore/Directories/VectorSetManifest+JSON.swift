extension VectorSetManifest {
  private static let format = "needletail vector set"
  private static let version = 1

  /// Larger files are no manifests: one shard takes less than a hundred bytes.
  private static let byteLimit = 64 << 20

  /// The manifest as JSON.
  package var encoded: [UInt8] {
    func number(_ value: Int) -> JSON { .number("\(value)") }
    func checksum(_ value: String?) -> JSON { value.map { .text($0) } ?? .null }
    let shards = self.shards.enumerated().map { place, shard in
      JSON.object([
        JSONMember("file", .text(Self.shardName(place))),
        JSONMember("rows", number(shard.rows)),
        JSONMember("checksum", checksum(shard.checksum)),
      ])
    }
    let slice = self.slice.map { slice in
      JSON.object([
        JSONMember("index", number(slice.index)), JSONMember("of", number(slice.count)),
      ])
    }
    let members = [
      JSONMember("format", .text(Self.format)),
      JSONMember("version", number(Self.version)),
      JSONMember("state", .text(isComplete ? "complete" : "partial")),
      JSONMember("count", number(count)),
      JSONMember("dimension", number(dimension)),
      JSONMember("dtype", .text(element.rawValue)),
      JSONMember("rows_per_shard", number(shardRows)),
      JSONMember("slice", slice ?? .null),
      JSONMember("settings", .object(settings.map { JSONMember($0.name, .text($0.value)) })),
      JSONMember(
        "ids",
        .object([
          JSONMember("file", .text(Self.idsName)),
          JSONMember("bytes", number(idBytes)),
          JSONMember("checksum", checksum(idChecksum)),
        ])
      ),
      JSONMember("shards", .list(shards)),
    ]
    return Array(JSON.object(members).indented.utf8)
  }

  /// Reads the manifest of a folder.
  ///
  /// - Throws: ``FileError`` for a missing or malformed manifest, for one of a later version, and for
  ///   numbers that do not fit each other.
  package init(folder: String) throws(FileError) {
    let path = folder + "/" + Self.fileName
    let file = try MappedFile(path: path)
    guard file.count <= Self.byteLimit else {
      throw FileError(.badData, path: path, reason: "\(file.count) bytes are too many")
    }
    var fields: ManifestFields
    do throws(JSON.Malformed) {
      fields = ManifestFields(try JSON(parsing: file.prefix(file.count)), path: path)
    } catch {
      throw FileError(
        .badData,
        path: path,
        place: "byte \(error.offset)",
        reason: "is no JSON: \(error.reason)",
        remedy: ManifestFields.remedy
      )
    }
    try self.init(&fields)
  }

  private init(_ fields: inout ManifestFields) throws(FileError) {
    try fields.expect("format", Self.format)
    let version = try fields.integer("version", 1...Int.max)
    guard version == Self.version else {
      throw fields.newer("version \(version)")
    }
    isComplete = try fields.choice("state", ["partial": false, "complete": true])
    count = try fields.integer("count", 0...Int(UInt32.max))
    dimension = try fields.integer("dimension", 1...(1 << 20))
    element = try fields.choice("dtype", ["f16": .float16, "f32": .float32])
    shardRows = try fields.integer("rows_per_shard", 1...Int(UInt32.max))
    slice = try fields.nested("slice") { (part) throws(FileError) in
      let count = try part.integer("of", 1...Int(Int32.max))
      return Slice(index: try part.integer("index", 0...count - 1), count: count)
    }
    settings = try fields.texts("settings").map { Setting($0.name, $0.text) }
    let ids = try fields.nested("ids") { (part) throws(FileError) in
      try part.expect("file", Self.idsName)
      return (bytes: try part.integer("bytes", 0...Int.max), checksum: try part.checksum())
    }
    guard let ids else { throw fields.fault("ids", "is missing") }
    (idBytes, idChecksum) = ids
    var number = 0
    shards = try fields.list("shards") { (part) throws(FileError) in
      try part.expect("file", Self.shardName(number))
      number += 1
      return Shard(
        rows: try part.integer("rows", 1...Int(UInt32.max)),
        checksum: try part.checksum()
      )
    }
    try fields.expectNothingElse()
    try check(fields)
  }

  private func check(_ fields: ManifestFields) throws(FileError) {
    for (place, shard) in shards.enumerated() {
      let isLast = place == shards.count - 1
      guard shard.rows == shardRows || isLast && shard.rows < shardRows else {
        throw fields.fault("shards", "shard \(place) has \(shard.rows) of \(shardRows) rows")
      }
      guard shard.checksum != nil || isLast && !isComplete else {
        throw fields.fault("shards", "shard \(place) has no checksum")
      }
    }
    let sum = shards.reduce(0) { $0 + $1.rows }
    guard sum == count else {
      throw fields.fault("count", "is \(count), but the shards have \(sum) rows")
    }
    guard !isComplete || count > 0 && idChecksum != nil else {
      throw fields.fault("state", "is complete without vectors or ids")
    }
  }
}
