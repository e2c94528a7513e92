import Foundation
import Synchronization
import Testing
import Torch

@Suite(.needsLibtorch, .timeLimit(.minutes(2))) struct ProcessGroupTests {
  @Test(arguments: [1, 2, 3]) func sumsAreOverAllRanks(_ worldSize: Int) throws {
    let found = try inRanks(worldSize) { group in
      let x = try Tensor([1, 2, 3] as [Float]) * Double(group.rank + 1)
      let counts = try Tensor([Int64(group.rank), 10])
      let narrow = try Tensor([1.5, -2] as [Float]).to(.bfloat16)
      // Views of a transposed matrix: their elements are not side by side.
      let matrix = try Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3])
      try group.allReduce([x, counts, narrow, matrix.transpose(0, 1)])
      return try [x, counts, narrow, matrix].map { try $0.array(of: Double.self) }
    }
    let ranks = Double(worldSize)
    let triangle = ranks * (ranks + 1) / 2
    let expected = [
      [1, 2, 3].map { $0 * triangle }, [triangle - ranks, 10 * ranks], [1.5 * ranks, -2 * ranks],
      [0, 1, 2, 3, 4, 5].map { $0 * ranks },
    ]
    #expect(found == Array(repeating: expected, count: worldSize))
  }

  @Test func largeTensorsAndManySmallOnesAreSummed() throws {
    let found = try inRanks(2) { group in
      let large = try Tensor.full(Double(group.rank), shape: [1000, 9001])
      let small = try (0..<300).map { try Tensor.full(Double($0 + group.rank), shape: [$0 % 7]) }
      try group.allReduce([large] + small)
      return (
        try large.sum().item(), try small.map { try $0.array(of: Float.self) }
      )
    }
    for (sum, small) in found {
      #expect(sum == 9_001_000)
      #expect(small == (0..<300).map { [Float](repeating: Float(2 * $0 + 1), count: $0 % 7) })
    }
  }

  @Test func gatheredTensorsStandByRank() throws {
    let found = try inRanks(3) { group in
      let x = try Tensor([Float(group.rank), 7, -1, 0.5], shape: [2, 2])
      try x.setRequiresGradient()
      let all = try group.allGather(x)
      let isTrue = try group.allGather(Tensor([UInt8(group.rank == 1 ? 1 : 0)]).to(.bool))
      let nothing = try group.allGather(Tensor.zeros([0, 4]))
      #expect(try !all.requiresGradient())
      #expect(all.shape == [3, 2, 2])
      #expect(nothing.shape == [3, 0, 4])
      #expect(try isTrue.array(of: Float.self) == [0, 1, 0])
      return try all.array(of: Float.self)
    }
    let expected: [Float] = [0, 7, -1, 0.5, 1, 7, -1, 0.5, 2, 7, -1, 0.5]
    #expect(found == [expected, expected, expected])
  }

  @Test func oneRankGivesToAll() throws {
    let found = try inRanks(3) { group in
      let weight = try Tensor([Float(group.rank), 1])
      try weight.setRequiresGradient()
      let half = try Tensor([Float(group.rank)]).to(.float16)
      try group.broadcast([weight, half], from: 2)
      #expect(try weight.requiresGradient())
      return try weight.array(of: Float.self) + half.array(of: Float.self)
    }
    #expect(found == [[2, 1, 2], [2, 1, 2], [2, 1, 2]])
  }

  @Test func aBarrierWaitsForAll() throws {
    let arrived = Atomic<Int>(0)
    let seen = try inRanks(3) { group in
      if group.rank == 1 { Thread.sleep(forTimeInterval: 0.2) }
      arrived.add(1, ordering: .sequentiallyConsistent)
      try group.barrier()
      return arrived.load(ordering: .sequentiallyConsistent)
    }
    #expect(seen == [3, 3, 3])
  }

  @Test func aRankThatLeavesIsAnErrorOfTheOthers() throws {
    let start = Date()
    let errors = try inRanks(3, timeout: 3) { group -> TorchError? in
      guard group.rank != 2 else { return nil }
      return #expect(throws: TorchError.self) {
        try group.allReduce(Tensor.ones([4]))
      }
    }
    #expect(Date().timeIntervalSince(start) < 10)
    for error in errors.compactMap({ $0 }) {
      #expect(error.code == .peerLost)
      #expect(error.message.contains("a rank of the group of 3 at 127.0.0.1"))
    }
    #expect(errors.compactMap { $0 }.count == 2)
  }

  @Test func ranksThatDoNotComeAreAnError() throws {
    let port = try freePort()
    let start = Date()
    let first = #expect(throws: TorchError.self) {
      try ProcessGroup(.gloo, rank: 0, worldSize: 2, host: "127.0.0.1", port: port, timeout: 1)
    }
    let second = #expect(throws: TorchError.self) {
      try ProcessGroup(.gloo, rank: 1, worldSize: 2, host: "127.0.0.1", port: port, timeout: 1)
    }
    #expect(Date().timeIntervalSince(start) < 20)
    #expect(first?.code == .peerLost)
    #expect(second?.code == .peerLost)
  }

  @Test func plansThatMakeNoSenseAreRefused() throws {
    for (rank, worldSize, timeout) in [
      (2, 2, 1.0), (-1, 2, 1), (0, 0, 1), (0, 1, -1), (0, 1, .nan),
    ] {
      let error = #expect(throws: TorchError.self) {
        try ProcessGroup(
          .gloo,
          rank: rank,
          worldSize: worldSize,
          host: "127.0.0.1",
          port: 1,
          timeout: timeout
        )
      }
      #expect(error?.code == .refused)
    }
  }

  @Test func whatAGroupCannotCarryIsRefused() throws {
    let group = try ProcessGroup(
      .gloo,
      rank: 0,
      worldSize: 1,
      host: "127.0.0.1",
      port: freePort(),
      timeout: 5
    )
    for error in [
      #expect(throws: TorchError.self) {
        try group.allReduce(Tensor([1] as [Int64]).to(.bool))
      },
      #expect(throws: TorchError.self) { try group.broadcast(Tensor.ones([1]), from: 1) },
    ] { #expect(error?.code == .refused) }
    #expect(try ProcessGroup.isAvailable(.gloo))
    guard try !ProcessGroup.isAvailable(.nccl) else { return }
    let error = #expect(throws: TorchError.self) {
      try ProcessGroup(.nccl, rank: 0, worldSize: 1, host: "127.0.0.1", port: 1)
    }
    #expect(error?.code == .refused)
    #expect(error?.message.contains("NCCL") == true)
  }

  /// Runs `body` in threads that are ranks of one group, and gives its results by rank.
  private func inRanks<Result: Sendable>(
    _ worldSize: Int,
    timeout: Double = 30,
    _ body: @escaping @Sendable (ProcessGroup) throws -> Result
  ) throws -> [Result] {
    let port = try freePort()
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    let ended = DispatchSemaphore(value: 0)
    for rank in 0..<worldSize {
      Thread {
        let result = Swift.Result {
          try body(
            ProcessGroup(
              .gloo,
              rank: rank,
              worldSize: worldSize,
              host: "127.0.0.1",
              port: port,
              timeout: timeout
            )
          )
        }
        results.withLock { $0[rank] = result }
        ended.signal()
      }.start()
    }
    for _ in 0..<worldSize { ended.wait() }
    return try (0..<worldSize).map { rank in
      try #require(results.withLock { $0[rank] }).get()
    }
  }

  /// A port that nobody listens at.
  private func freePort() throws -> UInt16 {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(handle, address, size) == 0 ? unsafe getsockname(handle, address, &size) : -1
      }
    }
    try #require(status == 0)
    return UInt16(bigEndian: address.sin_port)
  }
}
