internal import ArgumentParser
internal import Needletail

/// How found neighbors are written.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
  /// `qid Q0 docid rank score tag`, what trec_eval reads.
  case trec
  /// `qid docid rank` with tabs, what MS MARCO's scripts read.
  case msmarco
  /// Rows of k 32-bit ids, what ANN benchmarks read; also `.ibin` and `.npy`.
  case ivecs
  /// One JSON object a query.
  case jsonl

  /// The format that a file's name asks for.
  init(forFileNamed path: String) {
    let ending = path.split(separator: ".").last ?? ""
    self = ["ibin", "npy"].contains(ending) ? .ivecs : Self(rawValue: String(ending)) ?? .trec
  }
}
