import FuzzTargets
import TestSupport
import Testing
import VectorCore

/// Every reader survives what it is given; `Scripts/fuzz` goes further, with coverage.
@Suite("Hostile files") struct FuzzTests {
  @Test("the seeds are sound", arguments: FuzzTarget.all)
  func sound(target: FuzzTarget) throws {
    let folder = try TemporaryFolder()
    let bench = try FuzzBench(target, in: folder.path)
    let seeds = try target.seeds()
    #expect(!seeds.isEmpty)
    for seed in seeds {
      let error = try bench.read(seed)
      #expect(error == nil, "\(String(describing: error))")
    }
  }

  @Test("changed files are read, or refused with a plain error", arguments: FuzzTarget.all)
  func changed(target: FuzzTarget) throws {
    let folder = try TemporaryFolder()
    let bench = try FuzzBench(target, in: folder.path)
    let seeds = try target.seeds()
    var generator = SplitMix64(seed: 7)
    var refused = 0
    // libhdf5 has a process of its own for each file.
    for _ in 0..<(target.name == "hdf5" ? 100 : 2_000) {
      guard let error = try bench.read(Mutation.of(seeds, using: &generator)) else { continue }
      refused += 1
      let control = error.description.unicodeScalars.first {
        $0.properties.generalCategory == .control
      }
      #expect(control == nil, "\(error)")
    }
    #expect(refused > 0)
  }
}
