import IndexStore
import Testing
import VectorCore

@Suite struct BuildMemoryTests {
  @Test func partsFillPagesOfTheFile() {
    func fileBytes(_ sections: Int...) -> Int {
      let parts = sections.enumerated().map { BuildMemory.Part("part \($0)", $1) }
      return BuildMemory(sections: parts, peak: [], search: [], remedy: "").fileBytes
    }
    #expect(fileBytes() == 8_192)
    #expect(fileBytes(0) == 8_192 + 128)
    #expect(fileBytes(1) == 8_192 + 4_096 + 128)
    #expect(fileBytes(4_096, 4_097) == 8_192 + 4_096 + 8_192 + 256)
  }

  @Test func sumsAreOfTheirParts() {
    let memory = BuildMemory(
      sections: [],
      peak: [BuildMemory.Part("a", 3), BuildMemory.Part("b", 4)],
      search: [BuildMemory.Part("c", 5)],
      remedy: "less"
    )
    #expect(memory.peakBytes == 7)
    #expect(memory.searchBytes == 5)
  }

  /// A backend that says nothing of its memory.
  private enum Silent: IndexBackend {
    static let name = "silent"
    static let summary = "nothing"
    static let buildParameters: [ParameterDescription] = []
    static let searchParameters: [ParameterDescription] = []

    static func build(
      _ vectors: VectorSet,
      parameters: Parameters,
      options: BuildOptions
    ) throws -> any StoredIndex { throw IndexError.emptySet(what: name) }

    static func open(_ file: IndexFile) throws -> any StoredIndex {
      throw IndexError.emptySet(what: name)
    }
  }

  @Test func aBackendNeedNotSay() throws {
    let options = BuildOptions(metric: .cosine)
    let backend: any IndexBackend.Type = Silent.self
    #expect(
      try backend.memory(count: 10, dimension: 4, parameters: [:], options: options) == nil
    )
  }
}
