import GraphIndex
import Testing

@Test func layersShrinkByM() {
  let count = 100_000
  let layers = LayerAssignment(count: count, M: 16, seed: 3).rowsAbove
  // Binomial: four standard deviations around count / M^layer.
  for (layer, expected) in zip(layers, [6250.0, 390.625]) {
    #expect(abs(Double(layer.count) - expected) < 4 * expected.squareRoot())
  }
  #expect(layers.count >= 3)
}

@Test func layersAreNestedAndAscending() {
  let layers = LayerAssignment(count: 20_000, M: 4, seed: 5).rowsAbove
  for (lower, upper) in zip(layers, layers.dropFirst()) {
    #expect(Set(upper).isSubset(of: Set(lower)))
  }
  for layer in layers { #expect(zip(layer, layer.dropFirst()).allSatisfy { $0 < $1 }) }
}

@Test func aRowsLayerDependsOnSeedAndRowOnly() {
  let few = LayerAssignment(count: 500, M: 8, seed: 7)
  let many = LayerAssignment(count: 5000, M: 8, seed: 7)
  #expect(few.levels == Array(many.levels[..<500]))
  #expect(few.levels != LayerAssignment(count: 500, M: 8, seed: 8).levels)
}
