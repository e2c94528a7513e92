import FaissIndexes
import IndexStore
import Testing
import VectorCore

/// Bytes that are not what was written: refused, or harmless; never a trap.
@Suite struct FaissCorruptionTests {
  private static let count = 60
  private static let kinds: [(FaissDescription.Kind, FaissSearch)] = [
    (.flat, .flat),
    (
      .ivfpq(
        IVFPQParameters(
          nlist: 5,
          m: 2,
          nbits: 3,
          niter: 5,
          pqNiter: 5,
          nredo: 1,
          maxPointsPerCentroid: 256,
          byResidual: true
        )
      ), .ivfpq(nprobe: 5, maxCodes: 0)
    ),
    (.hnsw(links: 3, efConstruction: 20), .hnsw(efSearch: 60)),
  ]

  private func describe(_ kind: FaissDescription.Kind) -> FaissDescription {
    FaissDescription(kind, metric: .squaredL2, dimension: 6, seed: 1)
  }

  private func bytes(_ kind: FaissDescription.Kind) throws -> [UInt8] {
    let values = gaussian(count: Self.count, dimension: 6)
    var builder = try FaissBuilder(describe(kind))
    if case .ivfpq = kind { try builder.train(values, threads: 1) }
    try builder.add(values, threads: 1)
    let bytes = try builder.finish().serialized()
    return (0..<bytes.count).map { bytes[$0] }
  }

  private func open(_ bytes: [UInt8], _ kind: FaissDescription.Kind) throws -> FaissHandle {
    try FaissHandle(SharedArray(bytes), as: describe(kind), count: Self.count)
  }

  @Test func truncationIsAnError() throws {
    for (kind, _) in Self.kinds {
      let whole = try bytes(kind)
      for length in 0..<whole.count {
        #expect(throws: (any Error).self) { try open(Array(whole[..<length]), kind) }
      }
      #expect(throws: CorruptIndex(place: whole.count, reason: "bytes follow the end of the index"))
      { try open(whole + [0], kind) }
    }
  }

  /// Every byte, set to values that make sizes, links and numbers wrong in turn.
  @Test func everyByteChangedIsRefusedOrHarmless() throws {
    let queries = gaussian(count: 3, dimension: 6, seed: 3)
    for (kind, search) in Self.kinds {
      let whole = try bytes(kind)
      var refused = 0
      for place in whole.indices {
        for change: UInt8 in [0x01, 0x80, 0xff] {
          var changed = whole
          changed[place] ^= change
          do {
            let handle = try open(changed, kind)
            let found = try handle.search(queries, k: Self.count, search)
            #expect(found.rows.allSatisfy { $0 < UInt32(Self.count) })
          } catch let error as CorruptIndex {
            #expect(error.place <= whole.count)
            refused += 1
          }
        }
      }
      // The header at least; vectors and codes can hold almost anything.
      #expect(refused > 80)
    }
  }

  @Test func sizesBeyondTheBytesAllocateNothing() throws {
    for (kind, _) in Self.kinds {
      let whole = try bytes(kind)
      for place in stride(from: 0, to: whole.count - 8, by: 1) {
        var changed = whole
        changed.replaceSubrange(place..<place + 8, with: [0, 0, 0, 0, 0xff, 0, 0, 0])
        _ = try? open(changed, kind)
      }
    }
  }

  @Test func indexOfAnotherShapeIsRefused() throws {
    let whole = try bytes(.flat)
    let read: (FaissDescription, Int) throws -> FaissHandle = { description, count in
      try FaissHandle(SharedArray(whole), as: description, count: count)
    }
    #expect(throws: CorruptIndex(place: 4, reason: "the dimension is 6, not 7")) {
      try read(FaissDescription(.flat, metric: .squaredL2, dimension: 7, seed: 1), 60)
    }
    #expect(throws: CorruptIndex(place: 8, reason: "the number of rows is 60, not 61")) {
      try read(describe(.flat), 61)
    }
    #expect(throws: CorruptIndex(place: 0, reason: "the mark is not \"IxFI\"")) {
      try read(FaissDescription(.flat, metric: .cosine, dimension: 6, seed: 1), 60)
    }
    #expect(throws: CorruptIndex(place: 0, reason: "the mark is not \"IHNf\"")) {
      try read(describe(.hnsw(links: 3, efConstruction: 20)), 60)
    }
  }
}
