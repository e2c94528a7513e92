internal import IndexStore
internal import Reporting
internal import Synchronization
internal import VectorCore

/// The seconds that each phase of some work takes, from its reports of progress: a phase lasts from its
/// first report to that of the next.
final class PhaseTimes: Sendable {
  private struct State {
    var names: [String] = []
    var seconds: [String: Double] = [:]
    var current: String
    var since: ContinuousClock.Instant
  }

  /// What comes before the first report.
  private static let preparing = "preparing"

  private let state: Mutex<State>

  /// Starts the clock.
  init() { state = Mutex(State(current: Self.preparing, since: .now)) }

  /// Notes a moment of the work.
  func note(_ progress: BuildProgress) {
    state.withLock { state in
      guard progress.phase != state.current else { return }
      Self.add(&state)
      state.current = progress.phase
    }
  }

  /// Begins a construction, whose first report is yet to come.
  func prepare() { note(BuildProgress(phase: Self.preparing, done: 0, total: 1)) }

  /// Ends the last phase; what comes until the next report counts for none.
  func pause() {
    state.withLock { state in
      Self.add(&state)
      state.current = ""
    }
  }

  private static func add(_ state: inout State) {
    let now = ContinuousClock.now
    if !state.current.isEmpty {
      if state.seconds[state.current] == nil { state.names.append(state.current) }
      state.seconds[state.current, default: 0] += (now - state.since).inSeconds
    }
    state.since = now
  }

  /// The seconds by phase, in the order in which the phases first came.
  var all: [(name: String, seconds: Double)] {
    state.withLock { state in state.names.map { ($0, state.seconds[$0] ?? 0) } }
  }

  /// The seconds as a JSON object.
  var json: JSONText { .object(all.map { ($0.name, .real($0.seconds)) }) }

  /// One line with the phases that took a hundredth of the time or more; empty where there was only
  /// one.
  var line: String {
    let all = all
    guard all.count > 1 else { return "" }
    let sum = all.reduce(0) { $0 + $1.seconds }
    let shown = all.filter { $0.seconds >= sum / 100 }
    return "phases: "
      + shown.map { "\($0.name) \(NumberText.seconds($0.seconds))" }.joined(separator: ", ") + "\n"
  }
}
