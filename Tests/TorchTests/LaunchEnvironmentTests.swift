import Testing
import Torch
import VectorCore

@Suite struct LaunchEnvironmentTests {
  private static let torchrun = [
    "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "MASTER_ADDR": "node0",
    "MASTER_PORT": "1234",
  ]

  @Test func nothingSetIsOneProcess() throws {
    let found = try LaunchEnvironment.read(from: ["PATH": "/bin", "MASTER_PORT": "77"])
    #expect(found == .single)
    #expect(!found.isDistributed)
  }

  @Test func torchrunsVariables() throws {
    let expected = LaunchEnvironment(rank: 5, worldSize: 8, localRank: 1, host: "node0", port: 1234)
    #expect(try LaunchEnvironment.read(from: Self.torchrun) == expected)
    #expect(expected.isDistributed)
    let alone = try LaunchEnvironment.read(from: ["RANK": "0", "WORLD_SIZE": "1"])
    #expect(alone == .single)
  }

  @Test func openMPIsVariables() throws {
    let environment = [
      "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_RANK": "1",
    ]
    let found = try LaunchEnvironment.read(from: environment)
    #expect(found.rank == 3)
    #expect(found.worldSize == 4)
    #expect(found.localRank == 1)
    #expect(found.host == "127.0.0.1")
    #expect(found.port == 29_500)
    let elsewhere = environment.merging(["MASTER_ADDR": "n1", "MASTER_PORT": "9"]) { $1 }
    #expect(try LaunchEnvironment.read(from: elsewhere).host == "n1")
    #expect(try LaunchEnvironment.read(from: elsewhere).port == 9)
  }

  @Test(arguments: ["MPI_LOCALRANKID", "PMI_LOCAL_RANK"])
  func mpichsVariables(_ local: String) throws {
    let found = try LaunchEnvironment.read(from: ["PMI_RANK": "3", "PMI_SIZE": "4", local: "2"])
    #expect(found.rank == 3)
    #expect(found.localRank == 2)
    #expect(try LaunchEnvironment.read(from: ["PMI_RANK": "3", "PMI_SIZE": "4"]).localRank == 3)
  }

  @Test func launchersMayAgree() throws {
    let both = Self.torchrun.merging(["PMI_RANK": "5", "PMI_SIZE": "8"]) { $1 }
    #expect(try LaunchEnvironment.read(from: both).host == "node0")
  }

  @Test(
    arguments: [
      ("RANK", nil, "RANK is missing"),
      ("WORLD_SIZE", nil, "WORLD_SIZE is missing"),
      ("MASTER_ADDR", nil, "MASTER_ADDR is missing"),
      ("MASTER_PORT", nil, "MASTER_PORT is missing"),
      ("RANK", "8", "RANK=8 is not allowed; it is 0…7"),
      ("RANK", "-1", "RANK=-1 is not allowed"),
      ("WORLD_SIZE", "0", "WORLD_SIZE=0 is not allowed"),
      ("WORLD_SIZE", "x", "WORLD_SIZE=x is not allowed"),
      ("LOCAL_RANK", "8", "LOCAL_RANK=8 is not allowed"),
      ("MASTER_PORT", "65536", "MASTER_PORT=65536 is not allowed"),
      ("PMI_RANK", "4", "PMI_SIZE is missing"),
      ("OMPI_COMM_WORLD_SIZE", "2", "OMPI_COMM_WORLD_RANK is missing"),
    ] as [(String, String?, String)]
  )
  func whatIsIncompleteOrWrongIsAnError(_ change: (String, String?, String)) {
    var environment = Self.torchrun
    environment[change.0] = change.1
    let error = #expect(throws: LaunchError.self) { try LaunchEnvironment.read(from: environment) }
    #expect(error?.message.contains(change.2) == true)
    #expect(error?.kind == .usage)
  }

  @Test func launchersMayNotContradict() {
    let both = Self.torchrun.merging(["PMI_RANK": "4", "PMI_SIZE": "8"]) { $1 }
    let error = #expect(throws: LaunchError.self) { try LaunchEnvironment.read(from: both) }
    #expect(
      error?.message == "torchrun's variables say rank 5 of 8, but MPICH's say rank 4 of 8; "
        + "unset those that are left over"
    )
  }
}
