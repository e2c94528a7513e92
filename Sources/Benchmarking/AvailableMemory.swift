extension ProcessMemory {
  /// Bytes that the machine can give to programs without swapping, as the kernel estimates them, or
  /// `nil` where it does not say.
  package static var available: Int? {
    systemText("/proc/meminfo").flatMap { parseAvailable($0) }
  }

  /// Reads the line "MemAvailable:   23456 kB".
  package static func parseAvailable(_ text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      guard let number = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
        number >= 0, number < 1 << 50
      else { return nil }
      return number * 1024
    }
    return nil
  }
}
