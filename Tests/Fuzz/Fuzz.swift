internal import CFuzz
internal import FuzzTargets
internal import Glibc

/// The readers under libFuzzer, which `Scripts/fuzz` builds and runs: the one that
/// `NEEDLETAIL_FUZZ_TARGET` names gets one input after the other.
@main
struct Fuzz {
  fileprivate static let bench: FuzzBench = {
    guard let name = unsafe getenv("NEEDLETAIL_FUZZ_TARGET").map({ unsafe String(cString: $0) }),
      let target = FuzzTarget.all.first(where: { $0.name == name })
    else {
      fatalError("NEEDLETAIL_FUZZ_TARGET is none of \(FuzzTarget.all.map(\.name))")
    }
    // In memory, and for each process its own.
    let folder = "/dev/shm/needletail-fuzz-\(getpid())"
    do {
      return try FuzzBench(target, in: folder)
    } catch {
      fatalError("\(folder): \(error)")
    }
  }()

  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
      unsafe CommandLine
      .unsafeArgv
    exit(unsafe LLVMFuzzerRunDriver(&count, &arguments, testOneInput))
  }
}

/// What libFuzzer calls; its library has another main function, which wants this name.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do {
    _ = try Fuzz.bench.read(bytes)
  } catch {
    fatalError("an error of no kind of ours: \(error)")
  }
  return 0
}
