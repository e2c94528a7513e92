/// Texts sorted by length and packed into rows: row t is a token, and no row is padding.
///
/// Layers that treat tokens alone see all rows as one matrix. Attention and pooling take the texts
/// of one length at a time, as a block `[count, length, …]`; so neither needs a mask.
struct PackedTexts {
  /// Texts of one length, side by side.
  struct Group {
    /// The texts' tokens among the rows.
    let rows: Range<Int>
    /// The number of texts.
    let count: Int
    /// The number of tokens of each.
    let length: Int
  }

  /// The groups in the order of their rows, from the shortest texts to the longest.
  private(set) var groups: [Group] = []
  /// The token of each row.
  private(set) var ids: [Int32] = []
  /// The texts in the order of their rows, by their numbers in the batch.
  private(set) var texts: [Int] = []

  /// Splits a batch into packs of about as many tokens each.
  ///
  /// - Parameters:
  ///   - batch: the texts; none is empty.
  ///   - tokens: the most tokens of a pack, unless a single text has more.
  /// - Returns: the packs; every text stands in one of them.
  static func packs(of batch: TokenBatch, tokens: Int) -> [PackedTexts] {
    var starts: [Int] = []
    var start = 0
    for length in batch.lengths {
      starts.append(start)
      start += length
    }
    let order = batch.lengths.indices.sorted {
      (batch.lengths[$0], $0) < (batch.lengths[$1], $1)
    }
    var packs: [PackedTexts] = []
    for text in order {
      let ids = batch.ids[starts[text]..<starts[text] + batch.lengths[text]]
      if packs.last.map({ $0.ids.count + ids.count > tokens }) ?? true { packs.append(Self()) }
      packs[packs.count - 1].append(text, ids)
    }
    return packs
  }

  private mutating func append(_ text: Int, _ ids: ArraySlice<Int32>) {
    if let last = groups.last, last.length == ids.count {
      let rows = last.rows.lowerBound..<last.rows.upperBound + ids.count
      groups[groups.count - 1] = Group(rows: rows, count: last.count + 1, length: ids.count)
    } else {
      let rows = self.ids.count..<self.ids.count + ids.count
      groups.append(Group(rows: rows, count: 1, length: ids.count))
    }
    self.ids.append(contentsOf: ids)
    texts.append(text)
  }

  /// The number of tokens of the longest text.
  var longest: Int { groups.last?.length ?? 0 }
}
