internal import CMicro
internal import Glibc
internal import Needletail

/// Times kernels and searches, and counts allocations; `run` beside the package starts it.
@main
struct Micro {
  static func main() throws {
    guard let options = Options(CommandLine.arguments.dropFirst()) else {
      print(Options.usage)
      exit(EX_USAGE)
    }
    let searches = try SearchSubject.all(where: options.wants)
    let timings = (kernelTimings() + searches.flatMap(\.timings)).filter { options.wants($0.name) }
    let allocations = try searches.flatMap { try $0.allocations() }
      .filter { options.wants($0.name) }
    let results = try measured(timings, rounds: options.rounds) + allocations
    print(options.json ? results.lines(in: options.context) : results.tables)
  }

  /// Medians of rounds in which each has its turn, so that a slow moment hits all.
  private static func measured(_ timings: [Timing], rounds: Int) throws -> [Result] {
    var samples = [[Double]](repeating: [], count: timings.count)
    for _ in 0..<rounds {
      for (place, timing) in timings.enumerated() { samples[place].append(try timing.sample()) }
    }
    return zip(timings, samples).map { timing, samples in
      let median = samples.sorted()[samples.count / 2]
      return Result(timing.name, timing.unit, median, recall: timing.recall)
    }
  }
}

/// What is timed.
struct Timing {
  let name: Name
  /// What the nanoseconds are for.
  let unit: String
  var recall: Double?
  /// Nanoseconds for one unit.
  let sample: () throws -> Double
}

/// Where a result stands: a table, a row and a column.
struct Name {
  let benchmark: String
  let variant: String
  let column: String
}

/// What came out.
struct Result {
  let name: Name
  let unit: String
  let value: Double
  let recall: Double?

  init(_ name: Name, _ unit: String, _ value: Double, recall: Double? = nil) {
    (self.name, self.unit, self.value, self.recall) = (name, unit, value, recall)
  }
}

/// The kernels at each level and size.
private func kernelTimings() -> [Timing] {
  (0..<micro_kernel_count()).map { place in
    let kernel = unsafe micro_kernel_at(place)
    let name = unsafe Name(
      benchmark: String(cString: kernel.name),
      variant: String(cString: kernel.simd),
      column: "\(kernel.size)"
    )
    return Timing(name: name, unit: unsafe "ns a \(String(cString: kernel.unit))") {
      micro_kernel_nanoseconds(place)
    }
  }
}
