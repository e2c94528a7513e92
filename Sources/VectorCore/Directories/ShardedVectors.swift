/// Vectors in several mapped files, one behind the other.
struct ShardedVectors: VectorSource {
  let name: String
  let dimension: Int
  let count: Int
  private let shards: [any VectorSource]
  /// The first row of each shard.
  private let starts: [Int]

  /// Joins shards of one dimension; there is at least one.
  init(_ shards: [any VectorSource], dimension: Int, name: String) {
    precondition(shards.allSatisfy { $0.dimension == dimension }, "shards of other dimensions")
    self.name = name
    self.dimension = dimension
    self.shards = shards
    var starts: [Int] = []
    var sum = 0
    for shard in shards {
      starts.append(sum)
      sum += shard.count
    }
    self.starts = starts
    count = sum
  }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) of \(count)")
    precondition(destination.count == rows.count * dimension, "room for \(destination.count)")
    try unsafe destination.withUnsafeMutableBufferPointer { (target) throws(FileError) in
      var row = rows.lowerBound
      while row < rows.upperBound {
        let place = shard(of: row)
        let end = min(rows.upperBound, starts[place] + shards[place].count)
        let room = (row - rows.lowerBound) * dimension..<(end - rows.lowerBound) * dimension
        var part = unsafe target.extracting(room).mutableSpan
        try shards[place].copyRows(row - starts[place]..<end - starts[place], into: &part)
        row = end
      }
    }
  }

  /// The shard that holds a row: the last that begins at or before it.
  private func shard(of row: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= row { low = middle } else { high = middle }
    }
    return low
  }
}
