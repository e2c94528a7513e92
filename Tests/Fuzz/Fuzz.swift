internal import FuzzTargets
internal import Glibc

/// What libFuzzer calls: the reader that `NEEDLETAIL_FUZZ_TARGET` names gets one input after the other.
private let bench: FuzzBench = {
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

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do {
    _ = try bench.read(bytes)
  } catch {
    fatalError("an error of no kind of ours: \(error)")
  }
  return 0
}
