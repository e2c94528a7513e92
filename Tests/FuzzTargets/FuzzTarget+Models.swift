internal import Encoding
internal import Tokenization

extension FuzzTarget {
  /// Files of models: weights and tokenizers.
  static let models: [FuzzTarget] =
    [
      ("safetensors", "model.safetensors", nil), ("torch", "pytorch_model.bin", nil),
      ("weight-index", "model.safetensors.index.json", "weight-index"),
    ].map { name, file, beside in
      FuzzTarget(name, file, beside: beside) { _ = try TensorFile(path: $0) }
    }
    + [
      ("tokenizer", "tokenizer.json", "tokenizer"), ("wordpiece", "vocab.txt", nil),
      ("sentencepiece", "spiece.model", nil), ("byte-pairs", "merges.txt", "byte-pairs"),
    ].map { name, file, beside in
      FuzzTarget(name, file, beside: beside) { path in
        let tokenizer = try Tokenizer.open(directory: folder(of: path))
        _ = try tokenizer.encode("A gentle cat, 3 dogs – naïve 漢字 e\u{301}", maxLength: 32)
      }
    } + [
      FuzzTarget("model", "config.json", beside: "model") { path in
        _ = try ModelDirectory.open(folder(of: path))
      }
    ]
}
