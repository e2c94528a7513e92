internal import IndexStore
internal import VectorCore

/// An even sample of ids whose number is not known before: algorithm R of Vitter, "Random sampling
/// with a reservoir", ACM TOMS 11(1), 1985, doi:10.1145/3147.3165.
struct Reservoir {
  private let size: Int
  private let seed: UInt64
  private var generator: SplitMix64
  private var offered = 0
  private var sample: [(place: Int, id: [UInt8])] = []

  /// Creates an empty sample.
  init(size: Int, seed: UInt64) {
    self.size = size
    self.seed = seed
    generator = SplitMix64(seed: seed)
  }

  /// Empties the sample; the draws that follow depend on the seed and the query alone.
  mutating func begin(_ query: [UInt8]) {
    generator = SplitMix64(seed: SplitMix64.value(seed: seed, at: Checksum.of(query)))
    offered = 0
    sample.removeAll(keepingCapacity: true)
  }

  /// Offers the next id.
  mutating func offer(_ id: ArraySlice<UInt8>) {
    if sample.count < size {
      sample.append((offered, Array(id)))
    } else {
      let place = generator.place(below: offered + 1)
      if place < size { sample[place] = (offered, Array(id)) }
    }
    offered += 1
  }

  /// The sample, in the order in which its ids were offered.
  var kept: [[UInt8]] { sample.sorted { $0.place < $1.place }.map(\.id) }
}
