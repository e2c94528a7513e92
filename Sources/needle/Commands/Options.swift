public import ArgumentParser
internal import Glibc
public import Needletail
internal import Reporting
public import VectorCore

extension Metric: ExpressibleByArgument {}

extension SegmentWriter.Duplicates: ExpressibleByArgument {}

/// A request that makes no sense, found by the command line itself.
struct UsageError: NeedletailError, Equatable {
  let description: String

  init(_ description: String) { self.description = description }

  var kind: FailureKind { .usage }
}

/// How many threads work, where the result does not depend on it.
struct ThreadOption: ParsableArguments {
  @Option(help: "Threads to work with (default: one per processor).")
  var threads: Int?

  var count: Int { threads ?? processors }

  func validate() throws { try validateThreads(threads) }
}

/// Throws unless the number of threads is one that a machine may have.
func validateThreads(_ threads: Int?) throws {
  guard let threads, !(1...1_024).contains(threads) else { return }
  throw ValidationError("--threads \(threads) is not allowed; it is 1 to 1024")
}

/// The processors that are switched on.
var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// Throws unless `k` can be asked of an index.
func validateK(_ k: Int) throws {
  guard k < 1 else { return }
  throw ValidationError("--k \(k) is not allowed; it is at least 1")
}

/// Throws where a search would ask for more neighbors than there are vectors.
///
/// The library returns all vectors then; on a command line it is a slip.
func checkK(_ k: Int, count: Int, of name: String) throws {
  guard k > count else { return }
  throw UsageError(
    "--k \(k) is more than the \(NumberText.grouped(count)) vectors of \(name); give --k \(count) or less"
  )
}

/// Throws where queries cannot be compared with the vectors, naming both.
func checkDimension(of queries: VectorSet, against dimension: Int, of name: String) throws {
  guard queries.dimension != dimension else { return }
  throw FileError(
    .badData,
    path: queries.name,
    reason: "dimension \(queries.dimension), but \(name) has dimension \(dimension)",
    remedy: "use vectors of the same model for both"
  )
}
