/// The records of one run, grouped by index and named for people.
package struct Results {
  /// One index with its settings.
  struct Group {
    /// What tells the index from the others: the backend, and the parameters that differ.
    let label: String
    /// One record per setting, in the order tried; at least one.
    let records: [BenchmarkRecord]
    /// For each record, the search parameters that vary over the sweep: "efSearch=64".
    let settings: [String]
    /// The index.
    let index: BenchmarkRecord.Index
  }

  let run: BenchmarkRecord.Run
  let groups: [Group]

  /// Groups records of one run, in their order; `nil` where there are none.
  init?(_ records: [BenchmarkRecord]) {
    guard let first = records.first else { return nil }
    run = first.run
    var parts: [[BenchmarkRecord]] = []
    for record in records {
      let place = parts.firstIndex { part in part.first?.index == record.index }
      if let place { parts[place].append(record) } else { parts.append([record]) }
    }
    let labels = Self.labels(parts.compactMap { $0.first?.index.spec })
    groups = zip(parts, labels).compactMap { part, label in
      guard let first = part.first else { return nil }
      return Group(
        label: label,
        records: part,
        settings: Self.varying(part.map(\.search.setting)),
        index: first.index
      )
    }
  }

  /// Names for specifications: the backend alone where it stands once, otherwise followed by the
  /// construction parameters in which those of the same backend differ.
  package static func labels(_ specs: [String]) -> [String] {
    let split = specs.map { spec in
      let sides = spec.split(separator: ":", maxSplits: 1).map(String.init)
      return (backend: sides.first ?? spec, parameters: sides.count > 1 ? sides[1] : "")
    }
    return split.enumerated().map { place, own in
      let family = split.indices.filter { split[$0].backend == own.backend }
      guard family.count > 1 else { return own.backend }
      let parts = varying(family.map { split[$0].parameters }, keepSingle: false)
      guard let rank = family.firstIndex(of: place), !parts[rank].isEmpty else {
        return own.backend
      }
      return "\(own.backend) \(parts[rank])"
    }
  }

  /// Of several texts `a=1,b=2`, what differs between them; one text alone is kept whole.
  private static func varying(_ texts: [String], keepSingle: Bool = true) -> [String] {
    guard texts.count > 1 else { return keepSingle ? texts : texts.map { _ in "" } }
    let lists = texts.map { $0.split(separator: ",").map(String.init) }
    return lists.map { list in
      list.filter { entry in !lists.allSatisfy { $0.contains(entry) } }.joined(separator: ", ")
    }
  }

  /// The fastest setting whose recall reaches `floor`, by a rate.
  func fastest(
    reaching floor: Double,
    by rate: (BenchmarkRecord.Search) -> Double
  ) -> (group: Group, place: Int)? {
    var best: (group: Group, place: Int, rate: Double)?
    for group in groups {
      for (place, record) in group.records.enumerated() where record.search.recall >= floor {
        let value = rate(record.search)
        if best.map({ value > $0.rate }) ?? true { best = (group, place, value) }
      }
    }
    return best.map { ($0.group, $0.place) }
  }

  /// The exact search by our own flat index, against which others can be weighed.
  var exact: BenchmarkRecord? { groups.first { $0.index.backend == "flat" }?.records.first }
}
