internal import Needletail
internal import Reporting

extension BackendChoice {
  /// What was chosen and why, with the figures of all candidates where some were measured.
  var text: String {
    let head = "\(specification): \(reason)\n"
    guard sample > 0 else { return head }
    let titles = [
      "candidate", "recall", "queries/s on \(NumberText.grouped(sample))",
      "expected on \(NumberText.grouped(count))", "bytes/vector",
    ]
    return head + table([titles] + candidates.map { row($0) })
  }

  private func row(_ candidate: BackendCandidate) -> [String] {
    let bytes = NumberText.fixed(candidate.bytesPerVector, 1)
    guard let measured = candidate.measurement else {
      return [candidate.specification, candidate.note, "–", "–", bytes]
    }
    let settings = measured.setting.entries.map { " \($0.name)=\(shown($0.value))" }
    return [
      candidate.specification + settings.joined(), RecallCurve.shown(measured.recall),
      NumberText.rate(measured.rate), NumberText.rate(expectedRate(of: candidate) ?? 0), bytes,
    ]
  }

  /// A value in three digits: an interpolated one has many more.
  private func shown(_ value: ParameterValue) -> String {
    if case .real(let number) = value { NumberText.short(number) } else { value.description }
  }

  /// The choice as a JSON object; figures that were not measured are `null`.
  var json: JSONText {
    let rows = candidates.map { candidate in
      let measured = candidate.measurement
      return JSONText.object([
        ("spec", .text(candidate.specification)),
        ("note", candidate.note.isEmpty ? .null : .text(candidate.note)),
        ("setting", measured?.setting.json ?? .null),
        ("recall", measured.map { .real($0.recall) } ?? .null),
        ("sample_qps", measured.map { .real($0.rate) } ?? .null),
        ("expected_qps", expectedRate(of: candidate).map { .real($0) } ?? .null),
        ("bytes_per_vector", .real(candidate.bytesPerVector)),
      ])
    }
    return .object([
      ("spec", .text(specification)),
      ("reason", .text(reason)),
      ("for", .text(goal.mode.rawValue)),
      ("recall", .real(goal.recall)),
      ("k", .integer(goal.k)),
      ("sample", .integer(sample)),
      ("candidates", .list(rows)),
    ])
  }
}
