import Benchmarking
import Testing

@Suite struct AvailableMemoryTests {
  @Test func theKernelSays() throws {
    let available = try #require(ProcessMemory.available)
    #expect(available > 1 << 20)
  }

  @Test func theLineIsFound() {
    let text =
      "MemTotal:       24622544 kB\nMemFree:  1 kB\nMemAvailable:   23456 kB\nBuffers: 2 kB\n"
    #expect(ProcessMemory.parseAvailable(text) == 23_456 * 1_024)
    for bad in ["", "MemAvailable:", "MemAvailable: x kB", "MemAvailable: -3 kB", "MemFree: 3 kB"] {
      #expect(ProcessMemory.parseAvailable(bad) == nil)
    }
    #expect(ProcessMemory.parseAvailable("MemAvailable: 9223372036854775807 kB") == nil)
  }
}
