import Testing
import Torch
import VectorCore

@Suite(.needsLibtorch) struct ThreadTests {
  @Test func tensorsAreUsedAndFreedInOtherThreads() throws {
    let x = try sample([32, 32]).to(.float32)
    let expected: [Float] = try x.matmul(x).softmax().array()
    try parallelFor(200, chunk: 1, threads: 4) { _, range in
      for _ in range {
        let found: [Float] = try x.matmul(x).softmax().array()
        for (a, b) in zip(found, expected) where abs(a - b) > 1e-5 { throw Difference() }
      }
    }
  }

  @Test func messagesBelongToTheirThread() throws {
    try parallelFor(200, chunk: 1, threads: 4) { _, range in
      for place in range {
        let shape = [place + 2]
        do {
          _ = try Tensor([0] as [Float]).reshape(shape)
        } catch let error as TorchError {
          guard error.message == "shape '\(shape)' is invalid for input of size 1" else {
            throw Difference()
          }
        }
      }
    }
  }

  @Test func gradientModesBelongToTheirThread() throws {
    let x = try Tensor([1] as [Float])
    try x.setRequiresGradient()
    try withInference {
      // The calling thread may be one of the workers; it keeps its mode.
      let recorded = try (x * x).requiresGradient()
      #expect(!recorded)
    }
    try parallelFor(64, chunk: 1, threads: 2) { _, range in
      for place in range {
        let isRecorded =
          place.isMultiple(of: 2)
          ? try (x * x).requiresGradient()
          : try !withoutGradients { try (x * x).requiresGradient() }
        guard isRecorded else { throw Difference() }
      }
    }
  }

  private struct Difference: Error {}
}
