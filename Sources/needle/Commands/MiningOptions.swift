public import ArgumentParser
internal import Reporting
internal import Retrieval
public import TrainingData

extension MiningSettings.Sampling: ExpressibleByArgument {}
extension MiningSettings.Unranked: ExpressibleByArgument {}

/// Which passages of a run become negatives.
struct MiningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many passages that are not relevant are looked at, best first.",
      valueName: "n"
    )
  )
  var depth = 200

  @Option(help: ArgumentHelp("The first rank that is looked at.", valueName: "rank"))
  var rankFrom = 1

  @Option(help: ArgumentHelp("The last rank that is looked at (default: any).", valueName: "rank"))
  var rankTo: Int?

  @Option(
    help: ArgumentHelp("By how much scores must be below the best positive's.", valueName: "score")
  )
  var margin: Float?

  @Option(
    help: ArgumentHelp("The same as a share of that score, from 0 to 1.", valueName: "share")
  )
  var relativeMargin: Float?

  @Option(help: ArgumentHelp("The largest score of a negative.", valueName: "score"))
  var maxScore: Float?

  @Option(
    help: "What becomes of queries whose positives were not found: keep, without margin, or skip."
  )
  var unranked = MiningSettings.Unranked.keep

  @Option(help: "How negatives are taken: random, or top for the best.")
  var sample = MiningSettings.Sampling.random

  @Flag(help: "Put positives in the run's order, so that --positive-no-shuffle trains on the best.")
  var rankPositives = false

  @Option(help: ArgumentHelp("Earlier records, whose negatives fill up.", valueName: "file"))
  var mixWith: String?

  @Option(
    help: ArgumentHelp("The share of negatives from earlier records, 0 to 1.", valueName: "share")
  )
  var mixShare: Double?

  @Flag(help: "Write the run's scores into the records.")
  var scores = false

  /// Throws unless a number of passages is one that makes sense.
  static func check(_ name: String, _ value: Int) throws {
    guard !(1...1_000_000_000).contains(value) else { return }
    throw ValidationError("\(name) \(value) is not allowed; it is from 1 to a billion")
  }

  func validate() throws {
    try Self.check("--depth", depth)
    try Self.check("--rank-from", rankFrom)
    if let rankTo {
      try Self.check("--rank-to", rankTo)
      guard rankTo >= rankFrom else {
        throw ValidationError("--rank-to \(rankTo) is before --rank-from \(rankFrom)")
      }
    }
    for (name, value) in [("--margin", margin), ("--max-score", maxScore)] {
      guard let value, !value.isFinite else { continue }
      throw ValidationError("\(name) \(value) is not allowed; it is a finite number")
    }
    if let margin, margin < 0 {
      throw ValidationError("--margin \(margin) is not allowed; it is at least 0")
    }
    let shares = [
      ("--relative-margin", relativeMargin.map { Double($0) }), ("--mix-share", mixShare),
    ]
    for (name, value) in shares {
      guard let value, !(0...1).contains(value) else { continue }
      throw ValidationError("\(name) \(value) is not allowed; it is from 0 to 1")
    }
    guard mixShare == nil || mixWith != nil else {
      throw ValidationError("--mix-share needs earlier records; give --mix-with as well")
    }
    guard !scores || mixWith == nil else {
      throw ValidationError(
        "--scores does not go with --mix-with: the run has no scores for earlier negatives"
      )
    }
  }

  /// The library's settings.
  func settings(_ records: RecordOptions) -> MiningSettings {
    var settings = MiningSettings()
    settings.depth = depth
    settings.sampleCount = records.nSample
    settings.firstRank = rankFrom
    settings.lastRank = rankTo
    settings.margin = margin
    settings.relativeMargin = relativeMargin
    settings.maxScore = maxScore
    settings.unranked = unranked
    settings.sampling = sample
    settings.ranksPositives = rankPositives
    settings.seed = records.seed
    settings.withScores = scores
    settings.earlierShare = mixShare ?? 0
    return settings
  }
}

extension HardNegativeMiner {
  /// What a user should know of a run that was mined, a line each.
  func warnings(of counts: PreparationCounts, _ settings: MiningSettings) -> [String] {
    guard counts.shallow > 0 else { return [] }
    return [
      "the run has fewer than \(settings.runDepth) passages for "
        + "\(NumberText.grouped(counts.shallow)) of \(NumberText.grouped(queryCount)) queries, and "
        + "\(NumberText.grouped(depth)) at most: search deeper"
    ]
  }
}
