internal import Synchronization

/// Slots that are not in use, so that a search after the first allocates none.
final class SlotStore: Sendable {
  private let idle = Mutex<[SearchSlots]>([])

  /// Slots for one thread.
  func take(for index: HNSWIndex) -> SearchSlots {
    idle.withLock { $0.popLast() } ?? SearchSlots(index)
  }

  /// Keeps slots for the next search.
  func giveBack(_ slots: SearchSlots) { idle.withLock { $0.append(slots) } }
}
