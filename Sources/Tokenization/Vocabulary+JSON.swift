internal import VectorCore

extension Vocabulary {
  /// Reads an object from tokens to ids.
  ///
  /// - Throws: ``FileError`` for an id that is no whole number and for a token or an id that stands
  ///   twice, with the token.
  init(_ node: JSONNode) throws(FileError) {
    var entries: [Entry] = []
    for member in try node.members() {
      let id = try node.node(of: member).id()
      entries.append(Entry(token: Array(member.name.utf8), id: id))
    }
    guard !entries.isEmpty else { throw node.error("holds no tokens") }
    self.init(entries)
    if let (first, second) = firstDuplicate(in: entries) {
      let names = [first, second].map { String(decoding: entries[$0].token, as: UTF8.self) }
      throw node.error(
        entries[first].token == entries[second].token
          ? "the token '\(names[1])' stands there twice"
          : "the tokens '\(names[0])' and '\(names[1])' have the same id \(entries[second].id)"
      )
    }
  }
}
