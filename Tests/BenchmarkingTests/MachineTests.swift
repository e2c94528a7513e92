import Benchmarking
import Testing

struct MachineTests {
  @Test func saysWhereItRuns() {
    let machine = Machine.current
    #expect(!machine.cpu.isEmpty)
    #expect(machine.cores >= 1)
    #expect(machine.memoryBytes > 1 << 26)
    #expect(machine.system.contains("Linux"))
    #expect(["portable", "avx2", "avx512"].contains(machine.simd))
  }
}

@Suite(.serialized)
struct ProcessMemoryTests {
  @Test func peakFollowsAnAllocation() throws {
    _ = ProcessMemory.resetPeak()
    let before = try #require(ProcessMemory.resident)
    let size = 64 << 20
    let filled = [UInt8](repeating: 1, count: size)
    let peak = try #require(ProcessMemory.peak)
    #expect(filled.last == 1)
    #expect(peak >= before)
    #expect(peak - before >= size / 2)
  }
}
