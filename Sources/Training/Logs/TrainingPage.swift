internal import Reporting
public import VectorCore

/// The course of a training as one HTML page that needs nothing else.
public struct TrainingPage {
  private let entries: [LogEntry]
  private let title: String
  private let plannedSteps: Int?
  private let settings: [(name: String, value: String)]

  /// Prepares a page.
  ///
  /// - Parameters:
  ///   - entries: what was logged, in the order of steps.
  ///   - title: what is trained.
  ///   - plannedSteps: the steps of the whole training, where they are known.
  ///   - settings: what the table of settings shows, in this order.
  public init(
    _ entries: [LogEntry],
    title: String,
    plannedSteps: Int? = nil,
    settings: [(name: String, value: String)]
  ) {
    self.entries = entries
    self.title = title
    self.plannedSteps = plannedSteps
    self.settings = settings
  }

  /// Prepares a page of a log, which may still be written to.
  ///
  /// - Throws: `FileError` where it cannot be read, or holds a line that is no entry.
  public init(
    log path: String,
    title: String,
    plannedSteps: Int? = nil,
    settings: [(name: String, value: String)]
  ) throws(FileError) {
    self.init(
      try TrainingLog.entries(of: path),
      title: title,
      plannedSteps: plannedSteps,
      settings: settings
    )
  }

  /// The page.
  public var text: String {
    HTMLPage(
      title: "\(title): training",
      body: """
        \(header)
        <section aria-label="Summary">
        <div class="cards">
        \(cards.joined(separator: "\n"))
        </div>
        </section>
        \(section("Validation", charts(validationCharts) + validationTable))
        \(section("Optimization", charts(optimizationCharts)))
        \(section("Settings", settings.isEmpty ? "" : settingsTable.figure))
        \(section("How to read this", definitions))
        """
    ).text
  }

  private func section(_ heading: String, _ content: String) -> String {
    content.isEmpty ? "" : "<section>\n<h2>\(heading)</h2>\n\(content)\n</section>"
  }

  private var header: String {
    let last = entries.last
    let step = NumberText.grouped(last?.step ?? 0)
    let facts = [
      "step \(step)" + (plannedSteps.map { " of \(NumberText.grouped($0))" } ?? ""),
      "\(NumberText.fixed(last?.epoch ?? 0, 2)) epochs",
      NumberText.seconds(last?.seconds ?? 0),
    ]
    return """
      <header>
      <p class="eyebrow">Needletail training</p>
      <h1>\(html(title))</h1>
      <p class="facts quiet">\(HTMLPage.facts(facts))</p>
      </header>
      """
  }
}

// MARK: - Numbers

extension TrainingPage {
  /// The names of all measures in the order in which they first appear, but losses last: what
  /// retrieval is judged by says more.
  private var measures: [String] {
    var names: [String] = []
    for measure in entries.flatMap(\.validation) where !names.contains(measure.name) {
      names.append(measure.name)
    }
    return names.filter { !isLoss($0) } + names.filter(isLoss)
  }

  private func curve(of measure: String) -> TrainingCurve {
    TrainingCurve(entries) { entry in entry.validation.first { $0.name == measure }?.value }
  }

  /// Whether lower values of a measure are better: of losses they are.
  private func isLoss(_ measure: String) -> Bool { measure.hasSuffix("loss") }

  private func best(of measure: String) -> (step: Int, value: Double)? {
    let points = curve(of: measure).points
    return isLoss(measure)
      ? points.min { $0.value < $1.value } : points.max { $0.value < $1.value }
  }

  private var cards: [String] {
    measures.prefix(2).compactMap(measureCard) + [lossCard, speedCard].compactMap(\.self)
  }

  private func measureCard(_ measure: String) -> String? {
    guard let best = best(of: measure), let last = curve(of: measure).points.last else {
      return nil
    }
    return card(
      "Validation \(measure)",
      NumberText.fixed(best.value, 4),
      "best",
      "at step \(NumberText.grouped(best.step)); last \(NumberText.fixed(last.value, 4))"
    )
  }

  private var lossCard: String? {
    let loss = TrainingCurve(entries) { $0.optimization?.loss }
    guard let first = loss.points.first, let last = (loss.smoothed ?? loss).points.last else {
      return nil
    }
    return card(
      "Training loss",
      NumberText.short(last.value),
      "last",
      "from \(NumberText.short(first.value)) at step \(NumberText.grouped(first.step))"
    )
  }

  private var speedCard: String? {
    let states = entries.compactMap(\.optimization)
    guard let tokens = median(states.map(\.tokensPerSecond)) else { return nil }
    let queries = median(states.map(\.queriesPerSecond)).map(NumberText.rate) ?? NumberText.none
    return card("Speed", NumberText.rate(tokens), "tokens/s", "\(queries) queries/s; medians")
  }

  private func median(_ values: [Double]) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }

  private func card(_ name: String, _ value: String, _ unit: String, _ note: String) -> String {
    """
    <div class="card"><h3>\(html(name))</h3>
    <p class="big">\(html(value)) <small>\(html(unit))</small></p>
    <p class="quiet">\(html(note))</p></div>
    """
  }
}

// MARK: - Charts

extension TrainingPage {
  private func charts(_ charts: [CurveChart]) -> String {
    guard !charts.isEmpty else { return "" }
    return "<div class=\"charts\">\n\(charts.map(\.figure).joined(separator: "\n"))\n</div>\n"
  }

  private var validationCharts: [CurveChart] {
    measures.enumerated().compactMap { number, measure in
      let best = best(of: measure)
      return LoggedChart(
        id: "validation-\(number)",
        title: "Validation \(measure)",
        caption: isLoss(measure) ? "Lower is better." : "Higher is better.",
        unit: measure,
        curve: curve(of: measure),
        level: best.map { ($0.value, "best \(NumberText.fixed($0.value, 4))") }
      ).chart
    }
  }

  private var optimizationCharts: [CurveChart] {
    let rates = entries.compactMap { $0.optimization?.learningRate }.filter(\.isFinite)
    let power = PowerOfTen(below: rates.max() ?? 1)
    return [
      LoggedChart(
        id: "loss",
        title: "Training loss",
        caption: "Lower is better.",
        unit: "loss",
        curve: TrainingCurve(entries) { $0.optimization?.loss }
      ),
      LoggedChart(
        id: "rate",
        title: "Learning rate",
        caption: "Of the optimizer, in \(power.text).",
        unit: "learning rate, \(power.text)",
        fromZero: true,
        isSmooth: true,
        curve: TrainingCurve(entries) { $0.optimization.map { $0.learningRate / power.value } }
      ),
      LoggedChart(
        id: "norm",
        title: "Gradient norm",
        caption: "Of all gradients together, before clipping.",
        unit: "norm",
        fromZero: true,
        curve: TrainingCurve(entries) { $0.optimization?.gradientNorm }
      ),
      LoggedChart(
        id: "speed",
        title: "Speed",
        caption: "Tokens of queries and passages, without padding.",
        unit: "tokens/s",
        fromZero: true,
        curve: TrainingCurve(entries) { $0.optimization?.tokensPerSecond }
      ),
    ].compactMap(\.chart)
  }
}

// MARK: - Tables and words

extension TrainingPage {
  /// So many validations are listed, the last ones.
  private static let listedValidations = 50

  private var validationTable: String {
    let validations = entries.filter { !$0.validation.isEmpty }.suffix(Self.listedValidations)
    guard !validations.isEmpty else { return "" }
    let rows = validations.map { entry in
      let values = measures.map { name in
        entry.validation.first { $0.name == name }.map { NumberText.fixed($0.value, 4) }
      }
      return (
        name: NumberText.grouped(entry.step),
        cells: [NumberText.fixed(entry.epoch, 2)] + values.map { $0 ?? NumberText.none }
      )
    }
    let table = HTMLTable(
      name: "Validations",
      first: "Step",
      columns: [HTMLTable.Column("Epoch")] + measures.map { HTMLTable.Column(html($0)) },
      groups: [rows]
    )
    return "<div class=\"below\">\(table.figure)</div>"
  }

  private var settingsTable: HTMLTable {
    HTMLTable(
      name: "Settings",
      first: "Setting",
      columns: [HTMLTable.Column("Value", .word)],
      groups: [settings.map { (name: $0.name, cells: [$0.value]) }]
    )
  }

  private var definitions: String {
    let entries = [
      ("Training loss", "The mean over the steps since the entry before, with dropout."),
      (
        "Validation loss",
        "Over the passages of a validation batch alone: it tells little of how well the whole corpus "
          + "is searched, and cannot be compared where negatives or batches differ."
      ),
      (
        "Smoothed",
        "The mean of each point and its neighbors, a twentieth of the curve. Of long trainings each "
          + "point drawn is itself a mean of several entries of the log, which keeps all."
      ),
    ]
    let items = entries.map { "<dt>\(html($0.0))</dt><dd>\(html($0.1))</dd>" }
    return "<dl>\n\(items.joined(separator: "\n"))\n</dl>"
  }
}
