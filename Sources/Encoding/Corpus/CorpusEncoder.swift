public import IndexStore
public import Retrieval
public import VectorCore

/// Encodes a file of texts into a folder of vectors, in memory that does not grow with the file.
///
/// Texts are taken in windows. The texts of one are sorted by length, encoded in batches of similar
/// length, and written in their order in the file, while the next window is read and tokenized.
/// After each window the folder says how far it is: whoever is interrupted, even by a loss of power,
/// goes on from there, and the files come out the same byte by byte.
public struct CorpusEncoder<Encoder: TextEncoder>: Sendable {
  /// How a corpus is encoded.
  public struct Options: Sendable {
    /// The most tokens in a batch, its texts filled up to the longest.
    public var batchTokens = 8_192
    /// Texts that are in memory, and sorted, together.
    public var windowTexts = 1 << 16
    /// The type of the stored elements, f16 or f32.
    public var element = ElementKind.float32
    /// The vectors of each file but the last.
    public var shardRows = 1 << 20
    /// Only this part of the texts.
    public var slice: VectorSetManifest.Slice?
    /// Only so many texts from the beginning, before they are cut into slices; `nil` for all.
    public var limit: Int?
    /// Threads for the tokenizer.
    public var threads = 1

    /// The defaults.
    public init() {}
  }

  private let file: TextFile
  private let layout: TextLayout
  private let encoder: Encoder
  private let options: Options
  private let range: Range<Int>
  private let manifest: VectorSetManifest

  /// Reads the whole file, so that what is wrong with it or the request is found before long work.
  ///
  /// - Parameters:
  ///   - file: the texts.
  ///   - layout: their records.
  ///   - encoder: the model.
  ///   - settings: all that the vectors depend on beside the texts and `options`: the model's hash,
  ///     lengths, the type that it computes in.
  ///   - options: batches, storage and slices.
  /// - Throws: ``VectorCore/FileError`` for files that cannot be read or hold no texts, for bad lines
  ///   and ids that stand twice; ``Retrieval/TextTemplateError`` for a field that no record has;
  ///   ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for a slice without texts.
  public init(
    _ file: TextFile,
    layout: TextLayout,
    encoder: Encoder,
    settings: [VectorSetManifest.Setting],
    options: Options = Options()
  ) throws {
    precondition(
      options.batchTokens > 0 && options.windowTexts > 0 && options.shardRows > 0,
      "batches, windows and shards hold something"
    )
    precondition([.float16, .float32].contains(options.element), "stored as \(options.element)")
    let survey = try TextSurvey(of: file, layout: layout, limit: options.limit)
    range = try Self.range(of: options.slice, count: survey.count)
    self.file = file
    self.layout = layout
    self.encoder = encoder
    self.options = options
    let source = try MappedFile(path: file.path)
    let checksum = try Checksum.of(fileAt: file.path)
    manifest = VectorSetManifest(
      dimension: encoder.dimension,
      element: options.element,
      shardRows: options.shardRows,
      slice: options.slice,
      settings: settings + [
        .init("template", layout.template.description),
        .init("columns", layout.columns.joined(separator: ",")),
        .init("invalid UTF-8", layout.invalidUTF8.rawValue),
        .init("texts", "\(survey.count)"),
        .init("bytes of the file", "\(source.count)"),
        .init("checksum of the file", String(checksum, radix: 16)),
        .init("tokens per batch", "\(options.batchTokens)"),
        .init("texts per window", "\(options.windowTexts)"),
      ]
    )
  }

  /// The number of texts in the slice, or in the file.
  public var count: Int { range.count }

  private static func range(
    of slice: VectorSetManifest.Slice?,
    count: Int
  ) throws(IndexError) -> Range<Int> {
    guard let slice else { return 0..<count }
    guard slice.count <= count else {
      throw .invalidParameter(
        name: "shard",
        value: "\(slice.index)/\(slice.count)",
        allowed: "one of at most \(count), as many as there are texts"
      )
    }
    // The quotient first: a product of the two could be too large.
    func start(_ index: Int) -> Int {
      index * (count / slice.count) + min(index, count % slice.count)
    }
    return start(slice.index)..<start(slice.index + 1)
  }

  /// Encodes what is missing in a folder.
  ///
  /// - Parameters:
  ///   - folder: created where it is missing; a slice gets a folder in it.
  ///   - progress: called now and then with the number of texts that are done.
  /// - Returns: what was done.
  /// - Throws: ``VectorCore/FileError`` for a folder that holds anything else, and a file that
  ///   changes; ``RecordError`` for a text that the model cannot encode; what else the encoder
  ///   throws. What was written before counts.
  public func encode(
    to folder: String,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws -> CorpusEncoding {
    let clock = ContinuousClock()
    let began = clock.now
    let writer = try VectorSetWriter(try place(in: folder), continuing: manifest)
    var result = CorpusEncoding(count: range.count, present: writer.count)
    guard !writer.manifest.isComplete else { return result }
    let windows = try TextWindows(file, layout: layout, range: range, done: writer.count)
    var pipeline = WindowPipeline(
      windows,
      encoder: encoder,
      windowTexts: options.windowTexts,
      batchTokens: options.batchTokens,
      threads: options.threads
    )
    while let window = try pipeline.next(progress: report(progress, done: writer.count)) {
      let written = clock.now
      try writer.append(window.encoded.vectors.span, ids: window.ids)
      result.add(window.encoded.work)
      result.writeTime += clock.now - written
    }
    try writer.finish()
    result.add(windows.progress)
    result.time = clock.now - began
    return result
  }

  /// The folder of this slice, or of the set.
  private func place(in folder: String) throws(FileError) -> String {
    guard let slice = options.slice else { return folder }
    try Folder.create(folder)
    guard try !Folder.names(in: folder).contains(VectorSetManifest.fileName) else {
      throw FileError(
        .usage,
        path: folder,
        reason: "holds a set that is no slice",
        remedy: "give another folder for the slices"
      )
    }
    return folder + "/" + slice.folder
  }

  /// Tells of the texts of a window as of those of the whole.
  private func report(
    _ progress: @escaping @Sendable (BuildProgress) -> Void,
    done: Int
  ) -> @Sendable (Int) -> Void {
    let total = range.count
    return { texts in
      progress(BuildProgress(phase: "encoding", done: done + texts, total: total, unit: "texts"))
    }
  }
}
