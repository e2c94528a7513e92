import Testing

/// Who may import whom: data flows from left to right, and C stays in its folders.
@Suite struct ImportTests {
  /// The modules of this package that each module may import.
  static let allowed: [String: Set<String>] = [
    "VectorCore": ["CKernels", "CHDF5"],
    "IndexStore": ["VectorCore", "CLZ4", "CxxHash"],
    "IntegerScan": ["VectorCore", "IndexStore", "CKernels"],
    "FlatIndex": ["VectorCore", "IndexStore", "IntegerScan", "CKernels"],
    "ClusterIndex": ["VectorCore", "IndexStore", "IntegerScan", "CKernels"],
    "GraphIndex": ["VectorCore", "IndexStore", "IntegerScan", "ClusterIndex", "CKernels"],
    "FaissIndexes": ["VectorCore", "IndexStore", "CFaiss"],
    "CuVSIndexes": ["VectorCore", "IndexStore", "FlatIndex", "CCuVS"],
    "Filtering": ["VectorCore", "IndexStore", "FlatIndex"],
    "Reporting": [],
    "Retrieval": ["VectorCore", "IndexStore", "Reporting", "CZlib"],
    "Tokenization": ["VectorCore", "CSentencePiece"],
    "Torch": ["VectorCore", "CTorchABI"],
    "DeviceSearch": ["VectorCore", "IndexStore", "IntegerScan", "FlatIndex", "Torch"],
    "Encoding": ["VectorCore", "IndexStore", "Retrieval", "Tokenization", "Torch"],
    "TrainingData": ["VectorCore", "IndexStore", "Retrieval", "Tokenization"],
    "Training": [
      "VectorCore", "IndexStore", "Reporting", "Retrieval", "Tokenization", "Torch", "Encoding",
      "TrainingData",
    ],
    "Benchmarking": ["VectorCore", "IndexStore", "Filtering", "Reporting", "CKernels"],
    "Needletail": [
      "VectorCore", "IndexStore", "FlatIndex", "ClusterIndex", "GraphIndex", "FaissIndexes",
      "CuVSIndexes", "Filtering",
    ],
    "needle": [
      "VectorCore", "IndexStore", "Needletail", "Reporting", "Benchmarking", "Retrieval",
      "Tokenization", "Torch", "DeviceSearch", "Encoding", "TrainingData", "Training",
    ],
  ]

  /// Modules of the toolchain and of packages; Foundation is not among them, since it would bring
  /// 30 MB of ICU into every program that uses the library, nor is its part without ICU, which was
  /// used for nothing but JSON.
  static let system: Set<String> = ["Glibc", "Dispatch", "Synchronization", "Swift"]

  @Test func modulesImportOnlyWhatStandsToTheirLeft() throws {
    var found: [String] = []
    for file in try SourceTree.sources() {
      let module = String(file.path.split(separator: "/")[1])
      let allowed = Self.allowed[module, default: []].union(Self.system)
        .union(module == "needle" ? ["ArgumentParser"] : [])
      for (number, text) in file.code {
        guard let name = importedModule(text), !allowed.contains(name) else { continue }
        found.append("\(file.path):\(number): \(module) imports \(name)")
      }
    }
    #expect(found.isEmpty, "\(found)")
  }

  @Test func everyModuleIsListed() throws {
    for file in try SourceTree.sources() {
      let module = String(file.path.split(separator: "/")[1])
      #expect(Self.allowed[module] != nil, "\(file.path): say here what \(module) may import")
    }
  }

  @Test func cIsImportedInternally() throws {
    let found = try matches(
      of: #"^(public|package) import C[A-Z]"#,
      in: SourceTree.sources()
    )
    #expect(found.isEmpty, "no C name in public API: \(found)")
  }

  private func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ")
    guard let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1 else {
      return nil
    }
    // An import of one declaration names its kind first: `import struct Glibc.stat`.
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let"]
    let name = kinds.contains(words[place + 1]) ? words.last : words[place + 1]
    return name.map { String($0.split(separator: ".")[0]) }
  }
}
