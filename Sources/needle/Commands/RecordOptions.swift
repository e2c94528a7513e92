public import ArgumentParser
internal import Needletail
internal import Retrieval
public import TrainingData

extension RecordFormat: ExpressibleByArgument {}
extension MissingIDs: ExpressibleByArgument {}

/// How records are made of negatives, and where they go.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The judgments; of a BEIR directory qrels/train.tsv, or as in DIR:dev.",
      valueName: "file"
    )
  )
  var qrels: String

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var out: String

  @Option(help: ArgumentHelp("The most negatives of a query.", valueName: "n"))
  var nSample = 30

  @Option(help: "Seed of the draw of negatives.")
  var seed: UInt64 = 42

  @Option(help: ArgumentHelp("Records of each file but the last.", valueName: "n"))
  var shardSize = 45_000

  @Option(help: "What records hold: ids, or tokens as OpenMatch reads them.")
  var format = RecordFormat.ids

  @Option(
    help: "What becomes of ids that a file lacks: error, or skip to leave them out and count them."
  )
  var onMissing = MissingIDs.error

  @Flag(help: "Replace what an earlier preparation wrote to the folder.")
  var overwrite = false

  func validate() throws {
    for (name, value) in [("--n-sample", nSample), ("--shard-size", shardSize)]
    where !(1...1_000_000_000).contains(value) {
      throw ValidationError("\(name) \(value) is not allowed; it is from 1 to a billion")
    }
  }

  /// The judgments.
  func judgments() throws -> Qrels {
    // What is in test.tsv, which other commands take, must not be trained on unasked.
    let path = Folder.exists(qrels) ? qrels + ":train" : qrels
    return try Qrels(contentsOf: Qrels.path(path))
  }

  /// Makes the folder and finds out whether it can be written to.
  func folder(_ kind: RecordFolder.Kind) throws -> RecordFolder {
    _ = try prepareFolder(out)
    let folder = RecordFolder(out, kind)
    if !overwrite { try folder.checkEmpty() }
    return folder
  }

  /// How records are written.
  func output(_ folder: RecordFolder) -> RecordPreparation.Output {
    var output = RecordPreparation.Output(folder)
    output.format = format
    output.shardSize = shardSize
    return output
  }

  /// What a manifest says of these options.
  var settings: [(name: String, value: JSON)] {
    [
      ("n_sample", .number("\(nSample)")), ("seed", .number("\(seed)")),
      ("shard_size", .number("\(shardSize)")), ("format", .text(format.rawValue)),
      ("on_missing", .text(onMissing.rawValue)),
    ]
  }
}
