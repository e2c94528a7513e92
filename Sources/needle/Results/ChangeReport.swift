internal import Reporting

/// What a change of an index came to, for people and programs.
struct ChangeReport {
  let folder: String
  let added: Int
  /// Deleted and replaced vectors.
  let deleted: Int
  /// The vectors that there are now.
  let count: Int

  func write(json: Bool) throws {
    guard json else {
      try StandardOutput.write(
        "\(folder): \(NumberText.grouped(count)) vectors; \(NumberText.grouped(added)) added, "
          + "\(NumberText.grouped(deleted)) deleted or replaced\n"
      )
      return
    }
    let result = JSONText.object([
      ("path", .text(folder)), ("count", .integer(count)), ("added", .integer(added)),
      ("deleted", .integer(deleted)),
    ])
    try StandardOutput.write(result.written + "\n")
  }
}
