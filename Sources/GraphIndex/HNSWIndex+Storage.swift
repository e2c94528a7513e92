package import IndexStore
internal import VectorCore

extension HNSWIndex {
  package func store(in writer: inout IndexFileWriter) throws {
  }

  init(_ file: IndexFile) throws {
    preconditionFailure("later")
  }
}
