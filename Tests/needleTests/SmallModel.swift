import Foundation
import TestSupport

/// A small model with random weights, and a tokenizer that knows letters and digits.
enum SmallModel {
  /// Writes the model to the folder `model`.
  static func write(to folder: TemporaryFolder) throws {
    let source = RealVectors.folder + "/models/bert"
    try FileManager.default.copyItem(atPath: source, toPath: folder.path("model"))
    let signs = "abcdefghijklmnopqrstuvwxyz0123456789".map { String($0) }
    let tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + signs + signs.map { "##" + $0 }
    try folder.file("model/vocab.txt", Array(tokens.joined(separator: "\n").utf8))
  }

  /// Whether the program finds libtorch; all else that may fail is for the tests to find.
  static let isUsable: Bool = {
    guard let folder = try? TemporaryFolder(), (try? write(to: folder)) != nil,
      (try? folder.file("a.tsv", Array("1\tt\tx\n".utf8))) != nil
    else { return true }
    let line = "\"$needle\" encode --model model --corpus a.tsv --out v"
    let result = try? NeedleCommand.shell(line, in: folder)
    return result?.errors.contains("torch: open") != true
  }()
}
