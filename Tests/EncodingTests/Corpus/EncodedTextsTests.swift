import Encoding
import Retrieval
import TestSupport
import Testing
import VectorCore

@Suite("Texts that are encoded as they are read")
struct EncodedTextsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func texts(
    _ content: String,
    _ encoder: FakeEncoder = FakeEncoder(),
    threads: Int
  ) throws -> EncodedTexts<FakeEncoder> {
    let path = try folder.file("q.tsv", Array(content.utf8))
    let file = try TextFile(path, role: .queries)
    return try EncodedTexts(
      file,
      layout: TextLayout(of: file),
      encoder: encoder,
      batchTokens: 12,
      windowTexts: 16,
      threads: threads
    )
  }

  @Test("windows come in the order of the file with the vectors of their texts", arguments: [1, 3])
  func order(threads: Int) throws {
    let lines = (0..<40).map { "q\($0)\tw\($0 * 7 % 11) x\($0)\n" }
    let texts = try texts(lines.joined(), threads: threads)
    #expect(texts.count == 40)
    var ids: [String] = []
    var vectors: [Float] = []
    var sizes: [Int] = []
    while let window = try texts.next() {
      ids += window.ids
      vectors += window.vectors
      sizes.append(window.ids.count)
    }
    #expect(sizes == [16, 16, 8])
    #expect(ids == (0..<40).map { "q\($0)" })
    let wanted = (0..<40).flatMap { row in
      FakeEncoder.vector(of: FakeEncoder.tokens(of: Array("w\(row * 7 % 11) x\(row)".utf8)))
    }
    #expect(vectors == wanted)
    #expect(try texts.next()?.ids == nil)
  }

  @Test("what is wrong with the file is found before anything is encoded")
  func badFiles() throws {
    let fake = FakeEncoder()
    let twice = (0..<40).map { "q\($0 % 39)\tx\n" }.joined()
    let error = #expect(throws: FileError.self) { try texts(twice, fake, threads: 1) }
    #expect(error?.reason == "the id 'q0' stands at line 1 already")
    #expect(error?.place == "line 40")
    #expect(fake.batches.isEmpty)
  }
}
