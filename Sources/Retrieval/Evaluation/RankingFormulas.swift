internal import Glibc

/// The values of measures for one query, as trec_eval computes them.
extension JudgedRanking {
  /// 1 over the rank of the first relevant document among the first `cutoff`, or 0.
  func reciprocalRank(at cutoff: Int) -> Double {
    guard let first = hits.first(where: { $0.grade >= level }), first.rank <= cutoff else {
      return 0
    }
    return 1 / Double(first.rank)
  }

  /// The mean over all relevant documents of the precision at their ranks; those not among the first
  /// `cutoff` count 0.
  func averagePrecision(at cutoff: Int) -> Double {
    var sum = 0.0
    var found = 0
    for hit in hits where hit.grade >= level && hit.rank <= cutoff {
      found += 1
      sum += Double(found) / Double(hit.rank)
    }
    return found == 0 ? 0 : sum / Double(relevant)
  }

  /// Discounted gain over that of the best possible ranking, both cut at `cutoff`.
  ///
  /// A document's gain is its grade, whatever the relevance level; its discount is log₂(rank + 1).
  func normalizedGain(at cutoff: Int) -> Double {
    func discounted(_ gain: Int32, _ rank: Int) -> Double {
      gain > 0 && rank <= cutoff ? Double(gain) / log2(Double(rank + 1)) : 0
    }
    var ideal = 0.0
    for (place, grade) in grades.enumerated() { ideal += discounted(grade, place + 1) }
    guard ideal > 0 else { return 0 }
    return hits.reduce(0) { $0 + discounted($1.grade, $1.rank) } / ideal
  }

  /// The share of relevant documents among the first `cutoff`, even where fewer were found.
  func precision(at cutoff: Int) -> Double {
    Double(relevantRetrieved(within: cutoff)) / Double(cutoff)
  }

  /// The share of the relevant documents that are among the first `cutoff`.
  func recall(at cutoff: Int) -> Double {
    ratio(relevantRetrieved(within: cutoff), relevant)
  }

  /// Precision at as many documents as are relevant.
  var precisionAtRelevant: Double { ratio(relevantRetrieved(within: relevant), relevant) }

  /// The largest precision at any rank with at least this share of the relevant documents.
  func interpolatedPrecision(atRecall share: Double) -> Double {
    // trec_eval 9 rounds the number of documents up this way.
    let needed = max(Int(share * Double(relevant) + 0.9), 1)
    let ranks = relevantRanks
    guard needed <= ranks.count else { return 0 }
    var best = 0.0
    for found in needed...ranks.count { best = max(best, Double(found) / Double(ranks[found - 1])) }
    return best
  }

  /// The mean of ``interpolatedPrecision(atRecall:)`` at 0, 0.1, … 1.
  var elevenPointAverage: Double {
    MeasureFamily.recallLevels.reduce(0) { $0 + interpolatedPrecision(atRecall: $1) } / 11
  }

  /// Binary preference: of the judged documents only, how often a relevant one comes before one
  /// that is not (Buckley and Voorhees, "Retrieval evaluation with incomplete information", SIGIR
  /// 2004), with the count limited as in trec_eval.
  var binaryPreference: Double {
    let all = relevant
    let limit = min(all, nonrelevant)
    var above = 0
    var sum = 0.0
    for hit in hits where hit.grade >= 0 {
      if hit.grade < level {
        above += 1
      } else {
        sum += above == 0 ? 1 : 1 - Double(min(above, all)) / Double(limit)
      }
    }
    return all == 0 ? 0 : sum / Double(all)
  }

  /// Inferred average precision, for pools of which a sample was judged (Yilmaz and Aslam,
  /// "Estimating average precision with incomplete and imperfect judgments", CIKM 2006).
  var inferredAveragePrecision: Double {
    let epsilon = 0.000_01
    var relevantAbove = 0.0
    var nonrelevantAbove = 0.0
    var unjudgedAbove = 0.0
    var sum = 0.0
    for hit in hits {
      if hit.grade < 0 {
        unjudgedAbove += 1
      } else if hit.grade < level {
        nonrelevantAbove += 1
      } else {
        let rank = Double(hit.rank)
        // The expected precision above: the share in the pool, of which a share is relevant.
        let pooled = (relevantAbove + nonrelevantAbove + unjudgedAbove) / rank
        let share = (relevantAbove + epsilon) / (relevantAbove + nonrelevantAbove + 2 * epsilon)
        sum += 1 / rank + (hit.rank == 1 ? 0 : pooled * share)
        relevantAbove += 1
      }
    }
    return relevant == 0 ? 0 : sum / Double(relevant)
  }

  /// The share of relevant documents among those found.
  var setPrecision: Double { ratio(relevantRetrieved(), retrieved) }

  /// The share of the relevant documents that were found.
  var setRecall: Double { ratio(relevantRetrieved(), relevant) }

  /// The harmonic mean of ``setPrecision`` and ``setRecall``.
  var setF: Double {
    let sum = setPrecision + setRecall
    return sum == 0 ? 0 : 2 * setPrecision * setRecall / sum
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
