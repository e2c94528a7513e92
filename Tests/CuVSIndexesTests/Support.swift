import CFakeCuVS
import CuVSIndexes
import IndexStore
import TestSupport
import Testing
import VectorCore

/// cuVS as the host plays it; tests of one suite take turns, since there is one.
enum FakeCuVS {
  /// Runs `body` with it, and with a function of it that fails.
  static func run<Result>(
    failing function: String? = nil,
    _ body: () throws -> Result
  ) throws -> Result {
    let library = try unsafe CuVSLibrary.bound(by: { unsafe fake_cuvs_function($0, $1) })
    let name = function.map { Array($0.utf8CString) }
    return try unsafe (name ?? [0]).withUnsafeBufferPointer { name in
      unsafe fake_cuvs_fail(function == nil ? nil : name.baseAddress)
      defer { fake_cuvs_fail(nil) }
      return try CuVSLibrary.$replaced.withValue(library) { try body() }
    }
  }
}

/// The backends of cuVS, with parameters that suit a few hundred vectors.
let backends: [(backend: any IndexBackend.Type, parameters: Parameters)] = [
  (CuVSFlatBackend.self, [:]),
  (CuVSCagraBackend.self, ["graph_degree": 16, "intermediate_graph_degree": 32]),
  (CuVSIVFPQBackend.self, ["n_lists": 8, "pq_bits": 4]),
]
