internal import VectorCore

extension Vocabulary {
  /// Reads an object from tokens to ids.
  ///
  /// - Throws: ``FileError`` for an id that is no whole number and for a token or an id that stands
  ///   twice, with the line.
  init(_ node: JSONNode) throws(FileError) {
    let members = try node.members()
    func place(_ member: JSONMember) -> JSONNode {
      JSONNode(path: node.path, place: "line \(member.line)", value: member.value)
    }
    var entries: [Entry] = []
    for member in members {
      entries.append(Entry(token: member.name, id: try place(member).id()))
    }
    guard !entries.isEmpty else { throw node.error("holds no tokens") }
    self.init(entries)
    if let (first, second) = firstDuplicate(in: entries) {
      let name = String(decoding: entries[second].token, as: UTF8.self)
      throw place(members[second]).error(
        "the token '\(name)' or its id \(entries[second].id) stands in line "
          + "\(members[first].line) too"
      )
    }
  }
}
