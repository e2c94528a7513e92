import Encoding
import Foundation
import IndexStore
import Retrieval
import Synchronization
import TestSupport
import Testing
import VectorCore

@Suite("Encoding a corpus")
struct CorpusEncoderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func options() -> CorpusEncoder<FakeEncoder>.Options {
    var options = CorpusEncoder<FakeEncoder>.Options()
    options.batchTokens = 24
    options.windowTexts = 16
    options.shardRows = 21
    return options
  }

  private func encoder(
    _ text: String? = nil,
    _ encoder: FakeEncoder = FakeEncoder(),
    settings: [VectorSetManifest.Setting] = [.init("model", "m1")],
    template: String? = nil,
    with options: CorpusEncoder<FakeEncoder>.Options
  ) throws -> CorpusEncoder<FakeEncoder> {
    if let text { try folder.file("corpus.tsv", Array(text.utf8)) }
    let file = try TextFile(folder.path("corpus.tsv"), role: .corpus)
    let layout = try TextLayout(
      of: file,
      template: try template.map { try TextTemplate(parsing: $0) }
    )
    return try CorpusEncoder(
      file,
      layout: layout,
      encoder: encoder,
      settings: settings,
      options: options
    )
  }

  /// What the vectors must be, from the texts alone.
  private func expected(_ count: Int) -> [Float] {
    sampleCorpus(count).split(separator: "\n").flatMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let text = fields[1...].filter { !$0.isEmpty }.joined(separator: " ")
      return FakeEncoder.vector(of: FakeEncoder.tokens(of: Array(text.utf8)))
    }
  }

  @Test("vectors stand in the order of the texts, readable as a set", arguments: [1, 2, 5])
  func order(threads: Int) throws {
    var options = options()
    options.threads = threads
    let result = try encoder(sampleCorpus(100), with: options).encode(to: folder.path("out"))
    #expect(result.count == 100)
    #expect(result.encoded == 100)
    #expect(result.counts == TextCounts())
    let set = try VectorSet.open(folder.path("out"))
    #expect(set.count == 100)
    #expect(try set.allRows(preparedFor: .innerProduct) == expected(100))
    #expect(set.ids.names?.count == 100)
    #expect(set.ids.text(of: 42) == "doc42")
    #expect(
      try folder.contents("out").keys.sorted()
        == ["ids.txt", "manifest.json"] + (0..<5).map { VectorSetManifest.shardName($0) }
    )
    #expect(try VectorSetVerification(of: folder.path("out")).files.count == 6)
  }

  @Test("batches keep to the budget, sorted by length, the same for any number of threads")
  func batches() throws {
    var all: [[[[Int32]]]] = []
    var files: [[String: [UInt8]]] = []
    for threads in [1, 2, 7] {
      var options = options()
      options.threads = threads
      let fake = FakeEncoder()
      let out = "out\(threads)"
      let result = try encoder(sampleCorpus(100), fake, with: options).encode(to: folder.path(out))
      let padded = fake.batches.reduce(0) { $0 + $1.count * $1[0].count }
      #expect(result.computedTokens == padded)
      #expect(result.tokens == fake.batches.joined().reduce(0) { $0 + $1.count })
      #expect(result.paddingShare > 0 && result.paddingShare < 0.3)
      all.append(fake.batches)
      files.append(try folder.contents(out))
    }
    #expect(all[0] == all[1] && all[0] == all[2])
    #expect(files[0] == files[1] && files[0] == files[2])
    for batch in all[0] {
      #expect(batch.count == 1 || batch.count * batch[0].count <= 24)
      #expect(batch.map(\.count) == batch.map(\.count).sorted(by: >))
    }
  }

  @Test("an encoder that fills nothing up has no share of padding")
  func noPadding() throws {
    let result = try encoder(sampleCorpus(50), FakeEncoder(padsBatches: false), with: options())
      .encode(to: folder.path("out"))
    #expect(result.paddingShare == 0)
    #expect(result.computedTokens == result.tokens)
  }

  @Test("half precision is stored as numpy has it")
  func halves() throws {
    var options = options()
    options.element = .float16
    _ = try encoder(sampleCorpus(30), with: options).encode(to: folder.path("out"))
    let set = try VectorSet.open(folder.path("out"))
    let values = try set.allRows(preparedFor: .innerProduct)
    for (found, wanted) in zip(values, expected(30)) {
      #expect(found == Float(Float16(wanted)))
    }
    let header = try folder.bytes("out/vectors-00000.npy").prefix(128)
    #expect(String(decoding: header, as: UTF8.self).contains("'<f2', 'fortran_order': False"))
  }

  @Test("an error in a batch, wherever it comes, loses and doubles nothing")
  func interruptedBatches() throws {
    let whole = FakeEncoder()
    _ = try encoder(sampleCorpus(100), whole, with: options()).encode(to: folder.path("whole"))
    let wanted = try folder.contents("whole")
    for stop in 0..<whole.batches.count {
      let out = folder.path("out\(stop)")
      let failing = FakeEncoder { batch in
        if batch == stop { throw FakeEncoder.Interrupted() }
      }
      #expect(throws: FakeEncoder.Interrupted.self) {
        try encoder(nil, failing, with: options()).encode(to: out)
      }
      let error = #expect(throws: FileError.self) { try VectorSet.open(out) }
      #expect(error?.description.contains("needle encode was interrupted after") == true)
      let rest = FakeEncoder()
      let result = try encoder(nil, rest, with: options()).encode(to: out)
      #expect(result.present.isMultiple(of: 16))
      #expect(rest.batches.joined().count == result.encoded)
      #expect(try folder.contents("out\(stop)") == wanted)
    }
  }

  @Test("a finished set is left as it is")
  func finished() throws {
    _ = try encoder(sampleCorpus(40), with: options()).encode(to: folder.path("out"))
    let before = try folder.contents("out")
    let fake = FakeEncoder()
    let result = try encoder(nil, fake, with: options()).encode(to: folder.path("out"))
    #expect(result.encoded == 0)
    #expect(fake.batches.isEmpty)
    #expect(try folder.contents("out") == before)
  }

  @Test("another model, text, template or size of storage is refused")
  func otherSettings() throws {
    _ = try encoder(sampleCorpus(40), with: options()).encode(to: folder.path("out"))
    func refusal(_ encoder: CorpusEncoder<FakeEncoder>) -> String {
      let error = #expect(throws: FileError.self) { try encoder.encode(to: folder.path("out")) }
      #expect(error?.kind == .usage)
      return error?.description ?? ""
    }
    let model = try encoder(settings: [.init("model", "m2")], with: options())
    #expect(refusal(model).contains("model was 'm1', now it is 'm2'"))
    let template = try encoder(template: "<text>", with: options())
    #expect(refusal(template).contains("template was '<title> <text>', now it is '<text>'"))
    var other = options()
    other.element = .float16
    #expect(refusal(try encoder(with: other)).contains("dtype was 'f32', now it is 'f16'"))
    other = options()
    other.slice = VectorSetManifest.Slice(index: 0, count: 2)
    #expect(refusal(try encoder(with: other)).contains("holds a set that is no slice"))
    #expect(refusal(try encoder(sampleCorpus(41), with: options())).contains("texts was '40'"))
    let changed = sampleCorpus(40).replacingOccurrences(of: "title 7", with: "title 8")
    #expect(refusal(try encoder(changed, with: options())).contains("checksum of the file was"))
  }

  @Test("a folder with other files, and a file, are refused")
  func foreignFolder() throws {
    let encoder = try encoder(sampleCorpus(4), with: options())
    try folder.file("file", [])
    #expect(throws: FileError.self) { try encoder.encode(to: folder.path("file")) }
    try FileManager.default.createDirectory(
      atPath: folder.path("out"),
      withIntermediateDirectories: false
    )
    try folder.file("out/notes.txt", [])
    let error = #expect(throws: FileError.self) { try encoder.encode(to: folder.path("out")) }
    #expect(error?.description.contains("holds 'notes.txt'") == true)
  }

  @Test("slices cover the texts and are opened as one set", arguments: [1, 3, 7])
  func slices(of count: Int) throws {
    var options = options()
    _ = try encoder(sampleCorpus(50), with: options).encode(to: folder.path("whole"))
    for index in (0..<count).reversed() {
      if index < count - 1 {
        let error = #expect(throws: FileError.self) { try VectorSet.open(folder.path("out")) }
        #expect(error?.description.contains("is missing; run 'needle encode --shard") == true)
      }
      options.slice = VectorSetManifest.Slice(index: index, count: count)
      _ = try encoder(nil, with: options).encode(to: folder.path("out"))
    }
    let whole = try VectorSet.open(folder.path("whole"))
    let joined = try VectorSet.open(folder.path("out"))
    #expect(joined.ids == whole.ids)
    #expect(
      try joined.allRows(preparedFor: .innerProduct) == whole.allRows(preparedFor: .innerProduct)
    )
    #expect(try VectorSetVerification(of: folder.path("out"), threads: 2).count == 50)
  }

  @Test("more slices than texts are refused")
  func tooManySlices() throws {
    var options = options()
    options.slice = VectorSetManifest.Slice(index: 2, count: 4)
    let error = #expect(throws: IndexError.self) { try encoder(sampleCorpus(3), with: options) }
    #expect(error?.description.contains("shard=2/4 is not allowed") == true)
  }

  @Test("a limit takes the first texts")
  func limit() throws {
    var options = options()
    options.limit = 30
    #expect(try encoder(sampleCorpus(50), with: options).encode(to: folder.path("out")).count == 30)
    #expect(
      try VectorSet.open(folder.path("out")).allRows(preparedFor: .innerProduct) == expected(30)
    )
  }

  @Test("an id that stands twice is named with both lines before work begins")
  func duplicateIDs() throws {
    let text = sampleCorpus(60) + "doc3\tt\tx\n" + sampleCorpus(10, prefix: "more")
    let error = #expect(throws: FileError.self) { try encoder(text, with: options()) }
    #expect(error?.place == "line 61")
    #expect(error?.reason == "the id 'doc3' stands at line 4 already")
    var limited = options()
    limited.limit = 60
    #expect(try encoder(nil, with: limited).count == 60)
  }

  @Test("a bad line is named before work begins")
  func badLine() throws {
    let text = sampleCorpus(40) + "no tab\n"
    let error = #expect(throws: FileError.self) { try encoder(text, with: options()) }
    #expect(error?.place == "line 41")
  }

  @Test("a line that goes bad while the model works ends the work behind the last good window")
  func changedFile() throws {
    let corpus = try encoder(sampleCorpus(40), with: options())
    try folder.file("corpus.tsv", Array((sampleCorpus(39) + "no tab\n").utf8))
    let error = #expect(throws: FileError.self) { try corpus.encode(to: folder.path("out")) }
    #expect(error?.place == "line 40")
    #expect(try VectorSetManifest(folder: folder.path("out")).count == 32)
  }

  @Test("a text that the model cannot encode is named by its id")
  func refusedText() throws {
    let fake = FakeEncoder(refusing: FakeEncoder.tokens(of: Array("title 23 x".utf8)))
    let text = sampleCorpus(20) + "odd\ttitle 23\tx\n" + sampleCorpus(9, prefix: "more")
    let error = #expect(throws: RecordError.self) {
      try encoder(text, fake, with: options()).encode(to: folder.path("out"))
    }
    #expect(error?.id == "odd")
    #expect(
      error?.description.hasPrefix("the text with the id 'odd' has a vector that is not finite")
        == true
    )
    #expect(error?.kind == .badData)
  }

  @Test("empty texts are counted and have a vector")
  func emptyTexts() throws {
    let result = try encoder("a\t\t\nb\t \t \nc\tx\ty\n", with: options()).encode(
      to: folder.path("out")
    )
    #expect(result.counts.empty == 2)
    #expect(try VectorSet.open(folder.path("out")).count == 3)
  }

  @Test("progress counts texts up to their number")
  func progress() throws {
    let calls = Mutex<[BuildProgress]>([])
    _ = try encoder(sampleCorpus(100), with: options()).encode(to: folder.path("out")) { call in
      calls.withLock { $0.append(call) }
    }
    let all = calls.withLock { $0 }
    #expect(all.map(\.done) == all.map(\.done).sorted())
    #expect(all.allSatisfy { $0.total == 100 && $0.done < 100 && $0.unit == "texts" })
    #expect(all.first?.done == 0)
  }
}
