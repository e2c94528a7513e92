import Foundation
import TestSupport
import Testing

@testable import TrainingData

@Suite struct TrainingStoresTests {
  @Test func storesArePlacedInOtherFolders() throws {
    let set = try SmallSet()
    let stores = try set.stores
    let other = try TemporaryFolder()
    try other.file("queries.tokens", [1, 2, 3])
    try TrainingStores.place(stores.queries, in: other.path)
    try TrainingStores.place(stores.passages, in: other.path)
    #expect(try other.names() == ["passages.tokens", "queries.tokens"])
    #expect(try TrainingStores(folder: other.path).queries.checksum == stores.queries.checksum)
    // To its own folder there is nothing to do.
    try TrainingStores.place(stores.queries, in: set.folder.path)
    #expect(try TrainingStores(folder: set.folder.path).queries.count == 20)
  }

  @Test func aMissingStoreIsNamed() throws {
    let set = try SmallSet()
    try FileManager.default.removeItem(atPath: set.folder.path("passages.tokens"))
    expectFileError("passages.tokens", "no such file") { _ = try set.stores }
  }
}
