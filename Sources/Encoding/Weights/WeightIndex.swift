internal import VectorCore

/// The JSON index of weights that are spread over several files: `weight_map` says in which file
/// each tensor stands.
enum WeightIndex {
  /// Opens the files that an index names, which stand beside it.
  ///
  /// - Parameters:
  ///   - path: the index.
  ///   - list: lists the tensors of one file.
  /// - Returns: the tensors that the index names, and the files' paths.
  /// - Throws: ``FileError`` where a file is missing, or lacks a tensor that it should hold.
  static func open(
    _ path: String,
    list: (String) throws(FileError) -> [StoredTensor]
  ) throws(FileError) -> (tensors: [StoredTensor], paths: [String]) {
    let index = try JSONNode.file(path).required("weight_map")
    let folder = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)
    var tensors: [StoredTensor] = []
    var paths: [String] = []
    var names: [String: [String]] = [:]
    for member in try index.members() {
      names[try index.node(of: member).text(), default: []].append(member.name)
    }
    for (file, expected) in names.sorted(by: { $0.key < $1.key }) {
      guard !file.isEmpty, !file.contains("/"), file != ".." else {
        throw index.error(
          "'\(file)' is no file of the same folder",
          remedy: "download the index again"
        )
      }
      let shard = try list(folder + file)
      let found = Set(shard.map(\.name))
      if let missing = expected.sorted().first(where: { !found.contains($0) }) {
        throw FileError(
          .badData,
          path: folder + file,
          place: "tensor \(missing)",
          reason: "it is missing, but \(path) says that it stands here",
          remedy: "download both files again"
        )
      }
      tensors += shard
      paths.append(folder + file)
    }
    return (tensors, paths)
  }
}
