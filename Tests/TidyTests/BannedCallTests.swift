import Testing

/// Calls that do not belong in a library, or anywhere.
@Suite struct BannedCallTests {
  @Test func nothingEndsTheProcessOnPurpose() throws {
    let found = try matches(
      of: #"\b(fatalError|try!|as!|assertionFailure)"#,
      in: SourceTree.sources()
    )
    #expect(found.isEmpty, "throw an error, or state a precondition: \(found)")
  }

  @Test func librariesDoNotPrint() throws {
    let libraries = try SourceTree.sources().filter { !$0.path.hasPrefix("Sources/needle/") }
    let found = try matches(of: #"\b(debugPrint|print|dump)\("#, in: libraries)
    #expect(found.isEmpty, "only the command writes to streams: \(found)")
  }

  @Test func theCommandPrintsThroughItsStreams() throws {
    let command = try SourceTree.sources().filter { $0.path.hasPrefix("Sources/needle/") }
    let found = try matches(of: #"\b(debugPrint|print|dump)\("#, in: command)
    #expect(found.isEmpty, "StandardOutput.write notices a full disk, print does not: \(found)")
  }

  @Test func chanceComesFromASeed() throws {
    let unseeded = try matches(
      of: #"SystemRandomNumberGenerator|\barc4random|\bdrand48"#,
      in: all()
    )
    let drawn = try matches(of: #"[\w)\]]\.(random|randomElement|shuffled|shuffle)\("#, in: all()) {
      !$0.contains("using:")
    }
    #expect((unseeded + drawn).isEmpty, "use SplitMix64(seed:): \(unseeded + drawn)")
  }

  @Test func noHiddenGlobalState() throws {
    let found = try matches(
      of: #"nonisolated\(unsafe\)|DispatchQueue\.(main|global)"#,
      in: SourceTree.sources()
    )
    #expect(found.isEmpty, "\(found)")
  }

  @Test func threadsStartInThreePlaces() throws {
    let found = try matches(
      of: #"concurrentPerform|pthread_create|\bThread\(|DispatchQueue\("#,
      in: libraries()
    )
    #expect(found.isEmpty, "use parallelFor or Prefetch: \(found)")
  }

  private func all() throws -> [SourceFile] {
    try SourceTree.files(in: ["Sources", "Tests"], endings: [".swift"]).filter {
      !$0.path.hasPrefix("Tests/TidyTests/")
    }
  }

  private func libraries() throws -> [SourceFile] {
    let starters = [
      "Sources/VectorCore/Parallel.swift", "Sources/VectorCore/Prefetch.swift",
      "Sources/Needletail/Segments/YieldingThread.swift",
    ]
    return try SourceTree.sources().filter { !starters.contains($0.path) }
  }
}
