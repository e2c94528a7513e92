internal import Synchronization
internal import VectorCore

/// The negatives of records that were made before, by query.
///
/// 4 bytes a query are in memory; records are read when they are asked for.
public struct EarlierNegatives: Sendable {
  private let records: RecordSet
  /// The record of each query, counted from 1; 0 where there is none.
  private let recordOf: [UInt32]

  /// Opens a file of records of ids.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - stores: its queries and passages.
  ///   - threads: how many threads may read it.
  /// - Throws: `FileError` that names the line, for malformed records, for those of tokens, for ids
  ///   that the stores lack, and for a query that has a record already.
  public init(path: String, stores: TrainingStores, threads: Int) throws {
    let file = try RecordFile(path: path)
    let records = RecordSet(files: [file], stores: stores)
    let rows = Mutex([Int](repeating: 0, count: file.count))
    try parallelFor(file.count, chunk: 256, threads: threads) { _, range in
      for index in range {
        guard case .stored(let row) = try records.example(at: index).query.place else {
          throw file.error(
            at: index,
            "holds tokens, whose ids nobody knows",
            remedy: "give records of ids"
          )
        }
        rows.withLock { $0[index] = row }
      }
    }
    var recordOf = [UInt32](repeating: 0, count: stores.queries.count)
    for (index, row) in rows.withLock({ $0 }).enumerated() {
      guard recordOf[row] == 0 else {
        throw file.error(
          at: index,
          "the query '\(stores.queries.id(row))' stands at line \(recordOf[row]) already",
          remedy: "keep one record a query"
        )
      }
      recordOf[row] = UInt32(truncatingIfNeeded: index + 1)
    }
    self.records = records
    self.recordOf = recordOf
  }

  /// The negatives of a query's record.
  func rows(ofQuery row: Int) throws(FileError) -> [Int] {
    guard recordOf[row] > 0 else { return [] }
    return try records.example(at: Int(recordOf[row]) - 1).negatives.compactMap { text in
      if case .stored(let row) = text.place { row } else { nil }
    }
  }
}
