/// The report: one HTML page that needs nothing else.
enum ReportPage {
  /// The page for the records of one run.
  static func html(_ records: [BenchmarkRecord]) -> String {
    guard let results = Results(records) else {
      return page(title: "Needletail benchmark", body: "<h1>No results</h1>")
    }
    let dataset = Benchmarking.html(results.run.dataset)
    return page(
      title: "\(dataset): Needletail benchmark",
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
    )
  }

  private static func page(title: String, body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title)</title>
    <style>
    \(ReportStyle.css)
    </style>
    </head>
    <body>
    <main>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// Facts in a row that never breaks inside one of them, if that can be helped.
  private static func list(_ facts: [String]) -> String {
    facts.map { "<span>\(Benchmarking.html($0))</span>" }.joined(separator: " ")
  }

  private static func header(_ run: BenchmarkRecord.Run) -> String {
    let facts = [
      "\(NumberText.grouped(run.count)) vectors", "\(run.dimension) dimensions", run.metric.words,
      "\(NumberText.grouped(run.queries)) queries", "k = \(run.k)",
    ]
    let machine = run.machine
    let place = [
      machine.cpu, "\(machine.cores) cores", NumberText.bytes(machine.memoryBytes) + " memory",
      "\(machine.simd) kernels", spelledDate(run.date),
    ]
    return """
      <header>
      <p class="eyebrow">Needletail benchmark</p>
      <h1>\(Benchmarking.html(run.dataset))</h1>
      <p class="facts">\(list(facts))</p>
      <p class="facts quiet">\(list(place))</p>
      </header>
      """
  }
}
