public import IndexStore
public import VectorCore

extension IndexSpecification {
  /// Estimates what building an index takes, from the size of the set alone.
  ///
  /// - Parameters:
  ///   - vectors: the set; nothing but its size is looked at.
  ///   - metric: how vectors are compared.
  ///   - tuning: what the index is to be tuned with, see ``tuned(_:over:recall:ks:queries:threads:progress:)``;
  ///     `nil` for an index that is not tuned.
  ///   - threads: how many threads work.
  /// - Returns: file, memory of the construction and memory of searching; `nil` where the backend
  ///   does not say.
  /// - Throws: ``VectorCore/IndexError`` for a set or parameters that ``buildIndex(over:_:metric:threads:seed:progress:)``
  ///   would refuse.
  public func memory(
    over vectors: VectorSet,
    metric: Metric,
    tuning: TuningQuerySource? = nil,
    threads: Int = 1
  ) throws -> BuildMemory? {
    guard threads >= 1 else {
      throw IndexError.invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
    }
    return try memory(
      over: vectors,
      tuning: tuning,
      options: BuildOptions(metric: metric, threads: threads)
    )
  }

  /// Estimates what building an index with some options takes, as
  /// ``memory(over:metric:tuning:threads:)``.
  public func memory(
    over vectors: VectorSet,
    tuning: TuningQuerySource? = nil,
    options: BuildOptions
  ) throws -> BuildMemory? {
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    return try memory(
      count: vectors.count,
      dimension: vectors.dimension,
      idBytes: vectors.ids.byteCount,
      tuning: tuning,
      options: options
    )
  }

  /// The same of so many vectors, with the bytes of their ids, if they have any.
  func memory(
    count: Int,
    dimension: Int,
    idBytes: Int?,
    tuning: TuningQuerySource? = nil,
    options: BuildOptions
  ) throws -> BuildMemory? {
    let resolved = try parameters.resolved(against: backend.buildParameters, owner: backend.name)
    guard count <= Int(Int32.max) else {
      throw IndexError.tooManyVectors(count: count, limit: Int(Int32.max))
    }
    // No machine holds more, and sums stay far from overflow.
    guard dimension <= 1 << 24 else { return nil }
    func estimate(_ count: Int) throws -> BuildMemory? {
      try backend.memory(
        count: count,
        dimension: dimension,
        parameters: resolved,
        options: options
      )
    }
    guard let index = try estimate(count) else { return nil }
    var peak = index.peak
    if let tuning, count > 1 {
      // The finished index stays beside what the tuning needs.
      let held = [BuildMemory.Part("the index", index.searchBytes)]
      let part = min(count, ExactNeighbors.partRows(dimension: dimension))
      let exact = [BuildMemory.Part("exact search", 4 * part * dimension)]
      var rehearsal = held + exact
      if case .heldOut = tuning, let twin = try? estimate(count - max(1, count / 10)) {
        let kept = [BuildMemory.Part("second index", twin.searchBytes)] + exact
        rehearsal = held + (twin.peakBytes > kept.bytes ? twin.peak : kept)
      }
      if rehearsal.bytes > peak.bytes { peak = rehearsal }
    }
    let ids = idBytes.map { [BuildMemory.Part("ids", $0)] } ?? []
    return BuildMemory(
      sections: ids + index.sections,
      peak: peak + ids,
      search: index.search + ids,
      remedy: index.remedy
    )
  }

  /// Parts of a set that ``largestCount(within:of:tuning:options:)`` looks at first.
  private static let countedPlaces = 64

  /// The largest part of a set whose index can be built in some memory.
  ///
  /// - Parameters:
  ///   - bytes: the memory.
  ///   - vectors: the set; nothing but its size is looked at.
  ///   - tuning: what the index is to be tuned with; `nil` for an index that is not tuned.
  ///   - options: metric, threads, and what the build is given.
  /// - Returns: the most vectors, 0 where not even one fits or the backend does not say.
  /// - Throws: as ``memory(over:metric:tuning:threads:)``.
  public func largestCount(
    within bytes: Int,
    of vectors: VectorSet,
    tuning: TuningQuerySource? = nil,
    options: BuildOptions
  ) throws -> Int {
    // What is wrong with the whole set is said; a part may be too small for the backend, no more.
    _ = try memory(over: vectors, tuning: tuning, options: options)
    func canBeBuilt(_ count: Int) -> Bool {
      let memory = try? memory(
        count: count,
        dimension: vectors.dimension,
        idBytes: vectors.ids.byteCount.map { $0 / vectors.count * count },
        tuning: tuning,
        options: options
      )
      return memory.map { $0.peakBytes <= bytes } ?? false
    }
    // More vectors may take less where a backend chooses another layout for them: halving alone would
    // miss that.
    let places = (0...Self.countedPlaces).map { vectors.count * $0 / Self.countedPlaces }
    let last = places.lastIndex { $0 > 0 && canBeBuilt($0) }
    var fits = last.map { places[$0] } ?? 0
    var tooMany = last.map { $0 + 1 < places.count ? places[$0 + 1] : fits + 1 } ?? places[1]
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      if canBeBuilt(middle) { fits = middle } else { tooMany = middle }
    }
    return fits
  }
}
