internal import Glibc

/// What the kernel says of this process's memory.
package enum ProcessMemory {
  /// Bytes in use now, mapped files included, or `nil` where the kernel does not say.
  package static var resident: Int? { field("VmRSS:") }

  /// The most bytes in use since the start or the last ``resetPeak()``.
  package static var peak: Int? { field("VmHWM:") }

  /// Starts the peak anew from what is in use now.
  ///
  /// - Returns: whether the kernel permits it; otherwise the peak stays that of the whole process.
  package static func resetPeak() -> Bool {
    let descriptor = unsafe open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return unsafe write(descriptor, "5", 1) == 1
  }

  private static func field(_ name: String) -> Int? {
    guard let status = systemText("/proc/self/status") else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix(name) {
      // "VmHWM:     1234 kB", in units of 1024 bytes whatever it says
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}

/// A small text file that the system provides, or `nil` where it cannot be read.
func systemText(_ path: String) -> String? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 14)
  while true {
    let count = unsafe chunk.withUnsafeMutableBytes { buffer in
      unsafe read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
    bytes += chunk[..<count]
  }
}
