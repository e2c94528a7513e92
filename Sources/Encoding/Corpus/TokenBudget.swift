/// Cuts texts into batches of about equal work.
enum TokenBudget {
  /// Groups texts of similar length, the longest first, so that little has to be filled up and a
  /// lack of memory shows at once.
  ///
  /// - Parameters:
  ///   - lengths: the texts' lengths in tokens.
  ///   - budget: the most tokens of a batch, its texts filled up to the longest; a text that is
  ///     longer is a batch of its own.
  /// - Returns: the texts' places, each once; texts of one length stay in their order.
  static func batches(lengths: [Int], budget: Int) -> [[Int]] {
    let order = lengths.indices.sorted { left, right in
      lengths[left] == lengths[right] ? left < right : lengths[left] > lengths[right]
    }
    var batches: [[Int]] = []
    var batch: [Int] = []
    for place in order {
      if let longest = batch.first, (batch.count + 1) * lengths[longest] > budget {
        batches.append(batch)
        batch = []
      }
      batch.append(place)
    }
    if !batch.isEmpty { batches.append(batch) }
    return batches
  }
}
