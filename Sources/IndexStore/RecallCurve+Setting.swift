public import VectorCore

extension RecallCurve {
  /// The table that answers for `k`: its own, or that of the next larger.
  ///
  /// To find all of 20 neighbors takes a setting that finds 10 of them, too.
  /// - Throws: ``RecallError/kBeyondCurve(k:largest:parameter:)``.
  public func table(for k: Int) throws(RecallError) -> Table {
    guard let table = tables.first(where: { $0.k >= k }) else {
      throw .kBeyondCurve(k: k, largest: tables.last?.k ?? 0, parameter: parameter)
    }
    return table
  }

  /// The cheapest setting whose lower bound reaches a recall.
  ///
  /// Between two settings the bound is taken to rise in a straight line, which is cautious: real
  /// curves bend upwards first. Whole numbers are rounded up.
  /// - Parameters:
  ///   - target: the recall, see ``allows(target:)``.
  ///   - k: neighbors per query.
  /// - Returns: a value of ``parameter`` between the smallest and the largest that was measured.
  /// - Throws: ``RecallError`` for a `k` or a target beyond what was measured;
  ///   ``VectorCore/IndexError`` for a target that makes no sense.
  public func setting(reaching target: Double, k: Int) throws -> ParameterValue {
    guard Self.allows(target: target) else {
      throw IndexError.invalidParameter(
        name: Parameters.recallName,
        value: "\(target)",
        allowed: Self.allowedTargets
      )
    }
    let table = try table(for: k)
    guard let setting = table.setting(reaching: target) else {
      throw RecallError.targetBeyondCurve(
        target: target,
        k: k,
        reached: shortfall(of: table, target: target)
      )
    }
    return setting
  }

  /// The setting for a search that asks for nothing: the cheapest that reaches ``target``, or the
  /// best where none does, of which the tuning has warned.
  ///
  /// - Throws: ``RecallError/kBeyondCurve(k:largest:parameter:)``.
  public func defaultSetting(k: Int) throws(RecallError) -> ParameterValue {
    let table = try table(for: k)
    return table.setting(reaching: target) ?? table.best.value
  }

  /// How far a table gets, and what would help.
  public func shortfall(of table: Table, target: Double) -> String {
    let best = table.best
    let reached =
      "\(parameter)=\(best.value) has \(Self.shown(best.recall)), and with 95 % confidence at "
      + "least \(Self.shown(best.lowerBound))"
    guard best.recall > target else {
      return "\(reached); ask for less, or build with parameters for a higher recall"
    }
    let needed = RecallBound.queriesNeeded(for: target)
    return "\(reached), all that \(queryCount) queries can show; tune with more of them"
      + (needed > queryCount ? ", at least \(needed)" : "")
  }

  /// A share with four decimals, never rounded up.
  public static func shown(_ share: Double) -> String {
    "\((share * 10_000 + 1e-9).rounded(.down) / 10_000)"
  }
}

extension RecallCurve.Table {
  /// The cheapest setting whose bound reaches `target`, or `nil` where none does.
  public func setting(reaching target: Double) -> ParameterValue? {
    guard let place = points.firstIndex(where: { $0.lowerBound >= target }) else { return nil }
    let high = points[place]
    guard place > 0, let from = points[place - 1].value.number, let to = high.value.number else {
      return high.value
    }
    let low = points[place - 1]
    let share = (target - low.lowerBound) / (high.lowerBound - low.lowerBound)
    let between = from + share * (to - from)
    if case .integer = high.value { return .integer(Int(min(between.rounded(.up), to))) }
    return .real(min(between, to))
  }
}
