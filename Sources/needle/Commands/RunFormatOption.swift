internal import ArgumentParser
internal import Retrieval

/// How a run that negatives come from is written.
struct RunFormatOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The format of the run: trec, msmarco, tsv or jsonl (default: by its name, else trec).",
      valueName: "format"
    )
  )
  var runFormat: RunFormat?
}
