internal import Reporting

/// The report: one HTML page that needs nothing else.
enum ReportPage {
  /// The page for the records of one run.
  static func html(_ records: [BenchmarkRecord]) -> String {
    guard let results = Results(records) else {
      return HTMLPage(title: "Needletail benchmark", body: "<h1>No results</h1>").text
    }
    return HTMLPage(
      title: "\(results.run.dataset): Needletail benchmark",
      body: """
        \(header(results.run))
        <section aria-label="Summary">
        \(SummaryCards(results: results).html)
        </section>
        <section>
        <h2>What recall costs</h2>
        \(ReportCharts(results: results).html)
        </section>
        <section>
        <h2>All figures</h2>
        \(ReportTables(results: results).html)
        </section>
        <section>
        <h2>How it was measured</h2>
        \(ReportDefinitions(results: results).html)
        </section>
        """
    ).text
  }

  private static func header(_ run: BenchmarkRecord.Run) -> String {
    let facts = [
      "\(NumberText.grouped(run.count)) vectors", "\(run.dimension) dimensions", run.metric.words,
      "\(NumberText.grouped(run.queries)) queries", "k = \(run.k)", run.filter?.words,
    ].compactMap { $0 }
    let machine = run.machine
    let place = [
      machine.cpu, "\(machine.cores) cores", NumberText.bytes(machine.memoryBytes) + " memory",
      "\(machine.simd) kernels", spelledDate(run.date),
    ]
    return """
      <header>
      <p class="eyebrow">Needletail benchmark</p>
      <h1>\(Reporting.html(run.dataset))</h1>
      <p class="facts">\(HTMLPage.facts(facts))</p>
      <p class="facts quiet">\(HTMLPage.facts(place))</p>
      </header>
      """
  }
}
