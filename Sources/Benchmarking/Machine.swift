internal import CKernels
internal import Glibc

/// The machine that a benchmark ran on.
public struct Machine: Sendable, Equatable {
  /// The processor's name as the system gives it.
  public let cpu: String
  /// Processors online.
  public let cores: Int
  /// Bytes of memory.
  public let memoryBytes: Int
  /// Distribution, kernel and architecture.
  public let system: String
  /// The instruction set that our kernels use: "portable", "avx2" or "avx512".
  public let simd: String

  /// Describes a machine.
  public init(cpu: String, cores: Int, memoryBytes: Int, system: String, simd: String) {
    self.cpu = cpu
    self.cores = cores
    self.memoryBytes = memoryBytes
    self.system = system
    self.simd = simd
  }

  /// The machine at hand.
  public static var current: Machine {
    let kernel = kernelAndArchitecture()
    return Machine(
      cpu: value(after: "model name", in: "/proc/cpuinfo", separator: ":")
        ?? kernel.architecture,
      cores: max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1),
      memoryBytes: max(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), 0),
      system: [
        value(after: "PRETTY_NAME", in: "/etc/os-release", separator: "="), kernel.name,
        kernel.architecture,
      ].compactMap { $0 }.joined(separator: ", "),
      simd: unsafe String(cString: needle_simd_name(needle_simd_level()))
    )
  }

  /// The value of the first line `key separator value` of a system file, without quotes.
  private static func value(after key: String, in path: String, separator: Character) -> String? {
    for line in (systemText(path) ?? "").split(separator: "\n") where line.hasPrefix(key) {
      let sides = line.split(separator: separator, maxSplits: 1)
      guard sides.count == 2 else { continue }
      let value = sides[1].drop { $0 == " " || $0 == "\"" }
      return value.last == "\"" ? String(value.dropLast()) : String(value)
    }
    return nil
  }

  private static func kernelAndArchitecture() -> (name: String, architecture: String) {
    var names = utsname()
    guard unsafe uname(&names) == 0 else { return ("unknown kernel", "unknown") }
    return (
      "\(text(names.sysname)) \(text(names.release))", text(names.machine)
    )
  }

  /// The zero-terminated text in one of the fixed arrays of `utsname`.
  private static func text<Field>(_ field: Field) -> String {
    unsafe withUnsafeBytes(of: field) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// A date as ``currentDate()`` gives it, to the minute and in words: `2026-11-24 09:30 UTC`.
func spelledDate(_ date: String) -> String {
  guard date.utf8.count == 20, date.last == "Z" else { return date }
  return "\(date.prefix(10)) \(date.dropFirst(11).prefix(5)) UTC"
}

/// This moment in UTC, ISO 8601: `2026-11-24T09:30:00Z`.
func currentDate() -> String {
  var seconds = time(nil)
  var parts = unsafe tm()
  guard unsafe gmtime_r(&seconds, &parts) != nil else { return "1970-01-01T00:00:00Z" }
  func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  let day = unsafe "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  return unsafe "\(day)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
}
