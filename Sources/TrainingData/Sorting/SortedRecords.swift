internal import VectorCore

/// Merges sorted runs; of records with equal keys, those of the earlier run come first.
struct SortedRecords: ~Copyable {
  /// The record that ``advance()`` went to.
  private(set) var record = SortedRecord()

  private var readers: [RunReader]
  /// The numbers of the readers that have records left: a binary heap, the first record on top.
  private var heap: [Int]
  private var hasBegun = false

  /// Merges runs.
  init(_ readers: [RunReader]) {
    self.readers = readers
    heap = readers.indices.filter { readers[$0].record != nil }
    for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  /// Goes to the next record, and copies it to ``record``.
  ///
  /// - Returns: whether there is one.
  /// - Throws: `FileError` where a run cannot be read.
  mutating func advance() throws(FileError) -> Bool {
    guard try pass(), let top = heap.first else { return false }
    readers[top].copy(to: &record)
    return true
  }

  /// Goes to the next record, and appends it to a run.
  ///
  /// - Returns: whether there is one.
  /// - Throws: `FileError` where a run cannot be read.
  mutating func append(to run: inout [UInt8]) throws(FileError) -> Bool {
    guard try pass(), let top = heap.first else { return false }
    readers[top].append(to: &run)
    return true
  }

  /// Leaves the record on top for the next one; `false` where there is none.
  private mutating func pass() throws(FileError) -> Bool {
    guard hasBegun else {
      hasBegun = true
      return !heap.isEmpty
    }
    guard let top = heap.first else { return false }
    try readers[top].advance()
    if readers[top].record == nil {
      let last = heap.removeLast()
      if !heap.isEmpty { heap[0] = last }
    }
    sink(0)
    return !heap.isEmpty
  }

  /// Lets a reader sink below those whose records come first.
  private mutating func sink(_ place: Int) {
    var place = place
    while true {
      var first = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < heap.count && isBefore(heap[child], heap[first]) {
        first = child
      }
      guard first != place else { return }
      heap.swapAt(first, place)
      place = first
    }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    guard let leftRank = readers[left].record?.rank, let rightRank = readers[right].record?.rank
    else { return left < right }
    if leftRank != rightRank { return leftRank < rightRank }
    let order = readers[left].compareKey(with: readers[right])
    return order == 0 ? left < right : order < 0
  }
}
