internal import Benchmarking
internal import IndexStore
internal import Reporting
internal import Synchronization
internal import VectorCore

/// Shows how long work comes along: a bar on a terminal, a line now and then elsewhere.
final class ProgressDisplay: Sendable {
  private struct State {
    var phase = ""
    var started = ContinuousClock.now
    /// The items that were done when the phase began: a continued encoding begins in the middle.
    var first = 0
    var shown: ContinuousClock.Instant?
    var drawn = false
  }

  private let state = Mutex(State())
  private let onTerminal = StandardError.isTerminal

  /// How often the bar moves.
  private static let frame = Duration.milliseconds(100)
  /// The least room for the name of the phase and a bar.
  private static let shortestHead = 12
  /// How often a line is written where there is no terminal, and from when on: a log has no use
  /// for work that is done at once.
  private static let pause = Duration.seconds(10)
  private static let patience = Duration.seconds(2)

  /// Shows a moment of the work.
  func show(_ progress: BuildProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      if progress.phase != state.phase {
        clear(&state)
        state.phase = progress.phase
        state.started = now
        state.first = progress.done
        state.shown = nil
      }
      if onTerminal {
        if let shown = state.shown, now - shown < Self.frame { return }
        draw(progress, after: now - state.started, detail(of: progress, state))
        state.drawn = true
      } else {
        guard now - state.started >= Self.patience else { return }
        if let shown = state.shown, now - shown < Self.pause { return }
        let detail = detail(of: progress, state)
        StandardError.write("\(progress.phase): \(percent(progress)) %\(detail)\n")
      }
      state.shown = now
    }
  }

  /// Removes the bar, before anything else is written.
  func finish() {
    state.withLock { state in
      clear(&state)
      state.phase = ""
    }
  }

  private func clear(_ state: inout State) {
    if state.drawn { StandardError.write("\r\u{1B}[K") }
    state.drawn = false
  }

  /// What the work says of itself, or the items done in a second, such as ", 312 passages/s"; empty
  /// where nobody asks.
  private func detail(of progress: BuildProgress, _ state: State) -> String {
    if let detail = progress.detail { return ", \(detail)" }
    guard let unit = progress.unit else { return "" }
    let seconds = (ContinuousClock.now - state.started).inSeconds
    guard seconds > 0 else { return "" }
    return ", \(NumberText.rate(Double(progress.done - state.first) / seconds)) \(unit)/s"
  }

  private func draw(_ progress: BuildProgress, after elapsed: Duration, _ detail: String) {
    let seconds = Int(elapsed.components.seconds)
    let tail = " \(percent(progress)) %  \(seconds / 60):\(twoDigits(seconds % 60))\(detail)"
    let room = StandardError.width - 1
    // A line that wraps could not be removed again; where there is no room for a bar, numbers stay.
    guard tail.count + Self.shortestHead <= room else {
      StandardError.write("\r\u{1B}[K\(tail.dropFirst().prefix(max(room, 0)))")
      return
    }
    let head = String(progress.phase.prefix(max(room - tail.count - 3, 0)))
    let width = min(max(room - head.count - tail.count - 3, 0), 40)
    let filled = width * percent(progress) / 100
    let bar =
      String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    StandardError.write("\r\u{1B}[K\(head) [\(bar)]\(tail)")
  }

  private func percent(_ progress: BuildProgress) -> Int {
    guard progress.total > 0 else { return 100 }
    return min(100, 100 * progress.done / progress.total)
  }

  private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
