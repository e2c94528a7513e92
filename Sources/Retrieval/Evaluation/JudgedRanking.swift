/// What the judgments say of one query's ranking: all that measures look at.
package struct JudgedRanking: Sendable {
  /// A found document that was chosen for judging.
  package struct Hit: Sendable, Equatable {
    /// Its place in the ranking, from 1.
    package let rank: Int
    /// Its grade; negative where it was chosen but not judged.
    package let grade: Int32
  }

  /// How many documents were found.
  package let retrieved: Int
  /// The found documents that were chosen for judging, by rank.
  package let hits: [Hit]
  /// The grades of all documents that were chosen for judging, descending.
  package let grades: [Int32]
  /// The least grade that counts as relevant, at least 1.
  package var level: Int32

  /// Takes a ranking.
  package init(retrieved: Int, hits: [Hit], grades: [Int32], level: Int32 = 1) {
    self.retrieved = retrieved
    self.hits = hits
    self.grades = grades
    self.level = level
  }

  /// How many documents are relevant, found or not.
  var relevant: Int { grades.prefix { $0 >= level }.count }

  /// How many documents were judged and are not relevant, found or not.
  var nonrelevant: Int { grades.count { $0 >= 0 && $0 < level } }

  /// The ranks of the relevant documents that were found, ascending.
  var relevantRanks: [Int] { hits.compactMap { $0.grade >= level ? $0.rank : nil } }

  /// How many relevant documents are among the first `cutoff`.
  func relevantRetrieved(within cutoff: Int = .max) -> Int {
    hits.count { $0.grade >= level && $0.rank <= cutoff }
  }
}
