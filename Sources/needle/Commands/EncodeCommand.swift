internal import ArgumentParser
internal import Benchmarking
internal import Encoding
internal import Needletail
internal import Retrieval

/// `needle encode`: texts in, a folder of vectors out.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Encodes the texts of a corpus, or queries, into a folder of vectors.",
    discussion: """
      Texts are a record a line: .tsv or .txt with tabs between the columns, taken
      literally, without quoting; .jsonl with an object a line, whose id is _id, id
      or text_id; .gz of both; or a BEIR directory.

      A template makes the text of a record: 'Title: <title> Text: <text>'. Without
      one the model's own is taken, else the columns but the id, joined by a blank.
      In JSON <a.b> is b inside a. A literal < is written \\<.

      The folder has .npy files that numpy reads, ids.txt with an id a line, and
      manifest.json. It is taken wherever vectors or queries are asked for:
        needle index build --vectors corpus.vectors --backend hnsw --out c.needle

      An encoding that was interrupted goes on where it was when the same command is
      given again; nothing is lost or doubled. Another model, corpus or setting is
      refused. --shard 0/4 to 3/4 encode quarters of a corpus, in one folder, each
      by a process or a machine of its own; when all are there, the folder is one
      set.

      Vectors are stored in the order of the texts. Seconds by phase overlap: texts
      are read and tokenized while the model works.

      Examples:
        needle encode --model minilm --corpus corpus.tsv --out corpus.vectors
        needle encode --model minilm --corpus para.txt --doc-columns id,text \\
          --passage-max-len 128 --dtype f16 --out corpus.vectors
        needle encode --model minilm --queries dev.tsv --out dev.vectors
        needle encode --model t5-ance --corpus beir/scifact --device cuda:0 \\
          --doc-template 'Title: <title> Text: <text>' --compute-dtype f16 \\
          --shard 0/2 --out scifact.vectors
      """
  )

  @OptionGroup var model: ModelOption

  @OptionGroup var texts: TextOptions

  @Option(help: ArgumentHelp("The folder to write, or to go on with.", valueName: "folder"))
  var out: String

  @OptionGroup var batches: EncodingOptions

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func run() throws {
    let file = try texts.file()
    let side = texts.side
    let directory = try model.settings.open(model.model, for: side, maxLength: texts.maxLength)
    let template = directory.encoder(for: side).template
    let layout = try texts.layout(of: file, stored: template)
    let encoder = try model.settings.load(directory, for: side, threads: threadOption.count)
    let corpus = try CorpusEncoder(
      file,
      layout: layout,
      encoder: encoder,
      settings: try encoder.settings(),
      options: batches.options(device: encoder.model.device, threads: threadOption.count)
    )
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let result = try corpus.encode(to: out) { progress.show($0) }
    progress.finish()
    EncodingReport.warn(of: result, in: file)
    let report = EncodingReport(path: out, dimension: encoder.dimension, result: result)
    try StandardOutput.write(json ? report.json.written + "\n" : report.text)
  }
}
