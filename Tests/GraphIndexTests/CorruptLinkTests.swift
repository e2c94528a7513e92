import Foundation
import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

// A large file is not checked whole when it is opened; a walk must notice a link that leads nowhere.
@Test func aLinkOutOfTheGraphIsAnErrorNotATrap() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("graph.needle")
  let index = try HNSWBackend.makeIndex(
    over: VectorSet(SyntheticVectors.clustered(500, dimension: 8), dimension: 8),
    options: BuildOptions(metric: .squaredL2)
  )
  _ = try IndexFile.write(index, to: path, compress: false)
  let links = try #require(try IndexFile.open(path).sections.first { $0.name == "links0" })
  var bytes = try folder.bytes("graph.needle")
  // Every node's first link now names row 70,000 or so: not there, nor the mark of an unused place.
  for node in 0..<500 { bytes[Int(links.offset) + node * 32 * 4 + 2] = 1 }
  try folder.file("graph.needle", bytes)

  #expect(throws: FileError.self) { try IndexFile.open(path) }
  let opened = try HNSWBackend.open(IndexFile.open(path, verification: .structure))
  let query = [Float](repeating: 0, count: 8)
  let error = #expect(throws: FileError.self) { try opened.search(query.span, k: 5) }
  #expect(error?.path == path && error?.kind == .badData)
  #expect(error?.description.contains("which is no node of the layer") == true)
}
