internal import ArgumentParser
internal import Needletail
internal import Reporting

/// Leaving out vectors that are nearly the same as an earlier one.
struct DedupeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Leave out vectors at least as similar to an earlier one (l2: at most as distant).",
      valueName: "score"
    )
  )
  var dedupe: Float?

  @Option(
    help: ArgumentHelp(
      "Write which were left out: id, the id that stays, score, between tabs.",
      valueName: "file"
    )
  )
  var duplicates: String?

  func validate() throws {
    guard duplicates == nil || dedupe != nil else {
      throw ValidationError("--duplicates goes with --dedupe")
    }
    guard dedupe.map(\.isFinite) ?? true else {
      throw ValidationError("--dedupe takes a finite number")
    }
  }

  /// A set without its duplicates, and the index over it, if it has to be built for this.
  struct Outcome {
    let set: VectorSet
    /// The rows of the set that was given; `nil` where all of them stay.
    let rows: [UInt32]?
    /// An index over `set`; `nil` where none was built yet.
    let index: (any StoredIndex)?
    /// How many vectors were left out; `nil` where it was not asked for.
    let count: Int?
  }

  /// Looks for duplicates by an index that `build` makes, and writes which there are.
  func apply(
    to set: VectorSet,
    threads: Int,
    progress: @escaping @Sendable (BuildProgress) -> Void,
    build: (VectorSet) throws -> any StoredIndex
  ) throws -> Outcome {
    guard let dedupe else { return Outcome(set: set, rows: nil, index: nil, count: nil) }
    let index = try build(set)
    let found = try NearDuplicates(of: set, in: index, within: dedupe, threads: threads) { rows in
      progress(BuildProgress(phase: "looking for duplicates", done: rows, total: set.count))
    }
    if let duplicates { try write(found, set.ids, to: duplicates) }
    guard !found.pairs.isEmpty else {
      return Outcome(set: set, rows: nil, index: index, count: 0)
    }
    return Outcome(
      set: try subset(of: set, found.originals),
      rows: found.originals,
      index: nil,
      count: found.pairs.count
    )
  }

  /// Some of the vectors, with the ids that they had.
  private func subset(of set: VectorSet, _ rows: [UInt32]) throws -> VectorSet {
    let part = set.subset(rows)
    guard let names = set.ids.names else { return part }
    return VectorSet(
      part.source,
      ids: VectorIDs(names: try VectorNames(rows.map { names[Int($0)] }))
    )
  }

  private func write(_ found: NearDuplicates, _ ids: VectorIDs, to path: String) throws {
    var file = try AtomicFile(path: path)
    for pair in found.pairs {
      let (id, original) = (ids.word(at: Int(pair.row)), ids.word(at: Int(pair.original)))
      try file.write(Array("\(id)\t\(original)\t\(pair.score)\n".utf8))
    }
    try file.commit()
  }
}
