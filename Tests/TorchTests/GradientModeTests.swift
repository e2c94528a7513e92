import Testing
import Torch

@Suite(.needsLibtorch) struct GradientModeTests {
  private func weight() throws -> Tensor {
    let x = try Tensor([2] as [Float])
    try x.setRequiresGradient()
    return x
  }

  @Test func scopesNestAndEnd() throws {
    let x = try weight()
    func isRecorded() throws -> Bool { try (x * x).requiresGradient() }
    #expect(try isRecorded())
    let inside = try withoutGradients {
      [
        try isRecorded(),
        try withGradients { try isRecorded() },
        try withInference { try isRecorded() },
        try isRecorded(),
      ]
    }
    #expect(inside == [false, true, false, false])
    #expect(try isRecorded())
  }

  @Test func aScopeEndsWhenItsBodyThrows() throws {
    struct Stop: Error {}
    let x = try weight()
    #expect(throws: Stop.self) { try withInference { throw Stop() } }
    #expect(try (x * x).requiresGradient())
  }

  @Test func theResultComesOut() throws {
    let x = try weight()
    let y = try withInference { try x * x }
    #expect(try y.item() == 4)
    // What inference made cannot be trained; a copy can.
    #expect(throws: TorchError.self) { try y.setRequiresGradient() }
    let copy = try y.cloned()
    try copy.setRequiresGradient()
    #expect(try copy.requiresGradient())
  }
}
