internal import Synchronization

/// Slots that are not in use, so that a search after the first allocates none.
final class SlotStore: Sendable {
  private let idle = Mutex<[SearchSlot]>([])

  /// As many slots as asked for.
  func take(_ count: Int, for index: HNSWIndex) -> [SearchSlot] {
    var slots = idle.withLock { idle in
      let slots = Array(idle.suffix(count))
      idle.removeLast(slots.count)
      return slots
    }
    while slots.count < count { slots.append(SearchSlot(index)) }
    return slots
  }

  /// Keeps slots for the next search.
  func giveBack(_ slots: [SearchSlot]) { idle.withLock { $0 += slots } }
}
