import Foundation
import Testing
import Torch

@Suite(.needsLibtorch) struct TensorOptimizerTests {
  /// AdamW of one number, from the paper's equations, in double precision.
  private struct Scalar {
    var x: Double
    var m = 0.0
    var v = 0.0

    mutating func step(_ step: AdamWStep, gradient: Double) {
      let g = gradient * step.gradientScale
      m = step.beta1 * m + (1 - step.beta1) * g
      v = step.beta2 * v + (1 - step.beta2) * g * g
      let first = m / (1 - pow(step.beta1, Double(step.step)))
      let second = v / (1 - pow(step.beta2, Double(step.step)))
      x -= step.learningRate * step.weightDecay * x
      x -= step.learningRate * first / (second.squareRoot() + step.epsilon)
    }
  }

  private static let settings = [
    AdamWStep(1, learningRate: 1e-3),
    AdamWStep(1, learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1),
    AdamWStep(1, learningRate: 5e-2, epsilon: 1e-6, weightDecay: 0.01, gradientScale: 1 / 65536),
    AdamWStep(1, learningRate: 1e-2, beta1: 0),
  ]

  @Test(arguments: settings) func stepsAreThePapers(_ settings: AdamWStep) throws {
    // Enough elements for several ranges, in tensors whose bounds are not theirs.
    let shapes = [[3], [700, 401], [1], [], [0, 2], [130, 1001]]
    let count = shapes.reduce(0) { $0 + $1.reduce(1, *) }
    func tensors(_ values: [Double]) throws -> [Tensor] {
      var start = 0
      return try shapes.map { shape in
        let size = shape.reduce(1, *)
        defer { start += size }
        return try Tensor(values[start..<(start + size)].map { Float($0) }, shape: shape)
      }
    }
    var scalars = (0..<count).map { Scalar(x: Double(Float(sin(Double($0) * 0.37)))) }
    let parameters = try tensors(scalars.map(\.x))
    let first = try tensors(scalars.map(\.m))
    let second = try tensors(scalars.map(\.v))
    var settings = settings
    for step in 1...5 {
      settings.step = step
      let gradients = (0..<count).map { place in
        Double(Float(cos(Double(place * step) * 0.11) / settings.gradientScale))
      }
      try Tensor.update(
        by: settings,
        parameters: parameters,
        gradients: tensors(gradients),
        firstMoments: first,
        secondMoments: second
      )
      for place in 0..<count { scalars[place].step(settings, gradient: gradients[place]) }
    }
    #expect(try largestDifference(parameters, scalars.map(\.x)) < 1e-6)
    #expect(try largestDifference(first, scalars.map(\.m)) < 1e-6)
    #expect(try largestDifference(second, scalars.map(\.v)) < 1e-6)
  }

  private func largestDifference(_ found: [Tensor], _ expected: [Double]) throws -> Double {
    let values = try found.flatMap { try $0.array(of: Double.self) }
    #expect(values.count == expected.count)
    return zip(values, expected).reduce(0) { largest, pair in
      max(largest, abs(pair.0 - pair.1) / max(1, abs(pair.1)))
    }
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    func run(_ threads: Int, _ library: TorchLibrary) throws -> (weights: [Float], norm: Double) {
      try library.setThreadCount(threads)
      let x = try sample([1000, 601]).to(.float32).cloned()
      let (m, v) = (try Tensor.zeros([1000, 601]), try Tensor.zeros([1000, 601]))
      let g = try sample([1000, 601], phase: 1).to(.float32)
      let step = AdamWStep(1, learningRate: 0.1)
      try Tensor.update(
        by: step,
        parameters: [x],
        gradients: [g],
        firstMoments: [m],
        secondMoments: [v]
      )
      return (try x.array(), try Tensor.norm(of: [x, g, m]))
    }
    try ThreadCount.restored { library in
      let (one, three) = (try run(1, library), try run(3, library))
      #expect(one.weights == three.weights)
      #expect(one.norm == three.norm)
    }
  }

  @Test func whatDoesNotFitIsRefusedAndNothingChanged() throws {
    let step = AdamWStep(1, learningRate: 1)
    let x = try Tensor.ones([2])
    let two = try Tensor.zeros([2])
    let wrong: [(AdamWStep, [Tensor])] = [
      (step, [try Tensor.zeros([3]), two, two]),
      (step, [two, try two.to(.float64), two]),
      (step, [two, two, try Tensor.zeros([2, 2]).transpose(0, 1).select(0, 0)]),
      (AdamWStep(0, learningRate: 1), [two, two, two]),
      (AdamWStep(1, learningRate: 1, beta1: 1), [two, two, two]),
      (AdamWStep(1, learningRate: 1, beta2: -0.1), [two, two, two]),
      (AdamWStep(1, learningRate: 1, epsilon: .nan), [two, two, two]),
    ]
    for (step, tensors) in wrong {
      let error = #expect(throws: TorchError.self) {
        try Tensor.update(
          by: step,
          parameters: [two, x],
          gradients: [two, tensors[0]],
          firstMoments: [two, tensors[1]],
          secondMoments: [two, tensors[2]]
        )
      }
      #expect(error?.code == .refused)
    }
    #expect(throws: TorchError.self) {
      try Tensor.update(
        by: step,
        parameters: [x],
        gradients: [],
        firstMoments: [x],
        secondMoments: [x]
      )
    }
    #expect(try x.array(of: Float.self) == [1, 1])
    #expect(try two.array(of: Float.self) == [0, 0])
  }

  @Test func normsAreOfAllElementsAndInDouble() throws {
    let a = try Tensor([3, -4] as [Float])
    #expect(try Tensor.norm(of: []) == 0)
    #expect(try Tensor.norm(of: [a, Tensor.zeros([5, 0])]) == 5)
    // Squares that single precision does not hold.
    let b = try Tensor([1e30, 1e30, 1e30, 1e30, 1e30, 1e30, 1e30, 1e30, 1e30] as [Float])
    #expect(isClose([try Tensor.norm(of: [a, b])], [3e30]))
    #expect(try Tensor.norm(of: [a, Tensor([.nan] as [Float])]).isNaN)
    #expect(try Tensor.norm(of: [Tensor([1, -.infinity] as [Float]), a]) == .infinity)
    #expect(throws: TorchError.self) { try Tensor.norm(of: [a.to(.float64)]) }
    let matrix = try sample([57, 33])
    let expected = try (matrix * matrix).sum().item().squareRoot()
    #expect(isClose([try Tensor.norm(of: [matrix.to(.float32)])], [expected]))
  }
}
