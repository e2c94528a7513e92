public import VectorCore

/// A measure that nobody knows, or that makes no sense.
public struct MeasureError: NeedletailError, Equatable {
  /// One sentence with the remedy.
  public let description: String
  /// Always ``VectorCore/FailureKind/usage``.
  public var kind: FailureKind { .usage }
}

extension Measure {
  /// What `needle evaluate` shows where nothing else is asked for.
  public static let standard =
    ["num_q", "num_ret", "num_rel", "num_rel_ret"].map { known($0) }
    + [("mrr", 10), ("ndcg", 10), ("map", .infinity), ("P", 10), ("recall", 100)].map {
      known($0.0, $0.1)
    }

  /// The measures that a name stands for: several where it has several cut-offs, or none where one
  /// is needed (`P` is that at 5, 10, 15, 20, 30, 100, 200, 500 and 1000, as in trec_eval), and for
  /// `official`, `set` and `all`.
  ///
  /// - Throws: ``MeasureError``, which lists what is known.
  public static func parsing(_ text: String) throws(MeasureError) -> [Measure] {
    if let names = groups[text] {
      var all: [Measure] = []
      for name in names { all += try parsing(name) }
      return all
    }
    var name = text
    let level = try cutLevel(from: &name)
    guard let (family, rest) = split(name) else {
      throw MeasureError(
        description: "no measure '\(text)'; there are \(allNames), and official, set and all"
      )
    }
    var numbers = family.defaultNumbers
    if let rest { numbers = try self.numbers(rest, of: family, in: text) }
    return numbers.map { Measure(family: family, number: $0, level: level) }
  }

  /// The names with what they mean, for help.
  public static var descriptions: [(name: String, meaning: String)] {
    MeasureFamily.all.map { family in
      (([family.name] + family.aliases).joined(separator: ", ") + family.suffix, family.meaning)
    }
  }

  private static let groups: [String: [String]] = [
    "official": [
      "num_q", "num_ret", "num_rel", "num_rel_ret", "map", "gm_map", "Rprec", "bpref",
      "recip_rank", "iprec_at_recall", "P",
    ],
    "set": [
      "num_q", "num_ret", "num_rel", "num_rel_ret", "set_P", "set_recall", "set_map", "set_F",
    ],
    "all": MeasureFamily.all.map(\.name),
  ]

  private static var allNames: String {
    MeasureFamily.all.map { $0.name + $0.suffix }.joined(separator: ", ")
  }

  /// Takes `(rel=2)`, as ir_measures writes it, out of a name.
  private static func cutLevel(from name: inout String) throws(MeasureError) -> Int32? {
    guard let open = name.firstIndex(of: "("), let close = name.firstIndex(of: ")"), open < close
    else { return nil }
    let inside = name[name.index(after: open)..<close]
    guard inside.hasPrefix("rel="), let level = Int32(inside.dropFirst(4)), level >= 1 else {
      throw MeasureError(
        description: "'(\(inside))' in the measure '\(name)' is not known; write (rel=2)"
      )
    }
    name.removeSubrange(open...close)
    return level
  }

  /// The family with the longest name that the text begins with, and what stands behind the sign
  /// after that name.
  private static func split(_ text: String) -> (family: MeasureFamily, rest: Substring?)? {
    let lowered = text.lowercased()
    var best: (family: MeasureFamily, length: Int)?
    for family in MeasureFamily.all {
      for name in [family.name] + family.aliases where lowered.hasPrefix(name.lowercased()) {
        let next = text.dropFirst(name.count).first
        guard next == nil || next == "." || next == "_" || next == "@" else { continue }
        if best.map({ name.count > $0.length }) ?? true { best = (family, name.count) }
      }
    }
    guard let best else { return nil }
    let rest = text.dropFirst(best.length)
    return (best.family, rest.isEmpty ? nil : rest.dropFirst())
  }

  private static func numbers(
    _ text: Substring,
    of family: MeasureFamily,
    in name: String
  ) throws(MeasureError) -> [Double] {
    var numbers: [Double] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      numbers.append(try number(part, of: family, in: name))
    }
    return numbers
  }

  private static func number(
    _ text: Substring,
    of family: MeasureFamily,
    in name: String
  ) throws(MeasureError) -> Double {
    switch family.parameter {
    case .none:
      throw MeasureError(description: "the measure '\(name)' takes no number; write \(family.name)")
    case .recall:
      if let share = Double(text), (0...1).contains(share) { return share }
      throw MeasureError(
        description: "'\(text)' in the measure '\(name)' is no recall; write 0 to 1"
      )
    case .cutoff, .optionalCutoff:
      if let cutoff = Int(text), (1...1_000_000_000).contains(cutoff) { return Double(cutoff) }
      throw MeasureError(
        description: "'\(text)' in the measure '\(name)' is no cut-off; write a whole number from 1"
      )
    }
  }

  /// A measure of the table.
  private static func known(_ name: String, _ number: Double = .infinity) -> Measure {
    let family = split(name)?.family ?? MeasureFamily.all[0]
    return Measure(family: family, number: number, level: nil)
  }
}

extension MeasureFamily {
  /// The numbers where the name has none.
  fileprivate var defaultNumbers: [Double] {
    switch parameter {
    case .none, .optionalCutoff: [.infinity]
    case .cutoff(let defaults): defaults.map { Double($0) }
    case .recall: Self.recallLevels
    }
  }

  /// What can stand behind the name.
  fileprivate var suffix: String {
    switch parameter {
    case .none: ""
    case .optionalCutoff: "[.k]"
    case .cutoff: ".k"
    case .recall: ".x"
    }
  }
}
