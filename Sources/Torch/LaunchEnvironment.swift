public import VectorCore

/// Which of how many processes this is, as the program that started them says in the environment.
public struct LaunchEnvironment: Sendable, Equatable {
  /// The number of this process, from 0.
  public let rank: Int
  /// How many processes there are.
  public let worldSize: Int
  /// The number of this process among those of its machine: which GPU is its own.
  public let localRank: Int
  /// The address of rank 0's machine.
  public let host: String
  /// The port at which rank 0 listens.
  public let port: UInt16

  /// One process, alone.
  public static let single = LaunchEnvironment(
    rank: 0,
    worldSize: 1,
    localRank: 0,
    host: "127.0.0.1",
    port: 29500
  )

  /// Describes a process.
  public init(rank: Int, worldSize: Int, localRank: Int, host: String, port: UInt16) {
    self.rank = rank
    self.worldSize = worldSize
    self.localRank = localRank
    self.host = host
    self.port = port
  }

  /// Whether there are other processes.
  public var isDistributed: Bool { worldSize > 1 }

  /// Reads the variables of torchrun, or else of Open MPI, or else of MPICH and Intel MPI.
  ///
  /// torchrun's `MASTER_ADDR` and `MASTER_PORT` hold for all; without them the processes are on one
  /// machine, and meet at port 29500.
  ///
  /// - Parameter environment: the variables of the process.
  /// - Returns: ``single`` where none of the launchers left a variable.
  /// - Throws: ``LaunchError`` where variables are missing, or are no numbers that fit together.
  public static func read(
    from environment: [String: String]
  ) throws(LaunchError) -> LaunchEnvironment {
    let launchers = Launcher.all.filter { launcher in
      [launcher.rank, launcher.worldSize].contains { environment[$0] != nil }
    }
    guard let launcher = launchers.first else { return single }
    let variables = Variables(launcher: launcher.name, values: environment)
    let (rank, worldSize) = try variables.place(launcher)
    for other in launchers.dropFirst() {
      let place = try Variables(launcher: other.name, values: environment).place(other)
      // One launcher that starts another leaves both; where they differ, neither can be trusted.
      guard place == (rank, worldSize) else {
        throw LaunchError(
          message: "\(launcher.name)'s variables say rank \(rank) of \(worldSize), but "
            + "\(other.name)'s say rank \(place.rank) of \(place.worldSize); "
            + "unset those that are left over"
        )
      }
    }
    let localRank = try localRank(launcher, variables, rank: rank, worldSize: worldSize)
    return LaunchEnvironment(
      rank: rank,
      worldSize: worldSize,
      localRank: localRank,
      host: try variables.host(isNeeded: launcher.namesHost && worldSize > 1),
      port: try variables.port(isNeeded: launcher.namesHost && worldSize > 1)
    )
  }

  private static func localRank(
    _ launcher: Launcher,
    _ variables: Variables,
    rank: Int,
    worldSize: Int
  ) throws(LaunchError) -> Int {
    for name in launcher.localRanks where variables.values[name] != nil {
      return try variables.number(name, in: 0...(worldSize - 1))
    }
    // Without one, all are on one machine: a launcher of several says.
    return rank
  }
}

/// The environment's variables about processes are incomplete, or contradict each other.
public struct LaunchError: NeedletailError, Equatable {
  /// One line, with the remedy.
  public let message: String

  /// Usage.
  public var kind: FailureKind { .usage }

  /// The message.
  public var description: String { message }
}

/// A program that starts processes, and its variables.
private struct Launcher {
  let name: String
  let rank: String
  let worldSize: String
  /// The first that is set counts.
  let localRanks: [String]
  /// Whether it says where rank 0 is.
  let namesHost: Bool

  static let all = [
    Launcher(
      name: "torchrun",
      rank: "RANK",
      worldSize: "WORLD_SIZE",
      localRanks: ["LOCAL_RANK"],
      namesHost: true
    ),
    Launcher(
      name: "Open MPI",
      rank: "OMPI_COMM_WORLD_RANK",
      worldSize: "OMPI_COMM_WORLD_SIZE",
      localRanks: ["OMPI_COMM_WORLD_LOCAL_RANK"],
      namesHost: false
    ),
    Launcher(
      name: "MPICH",
      rank: "PMI_RANK",
      worldSize: "PMI_SIZE",
      localRanks: ["MPI_LOCALRANKID", "PMI_LOCAL_RANK"],
      namesHost: false
    ),
  ]
}

/// The variables, with messages that say whose they are.
private struct Variables {
  let launcher: String
  let values: [String: String]

  /// The rank, below the number of processes, and that number.
  func place(_ launcher: Launcher) throws(LaunchError) -> (rank: Int, worldSize: Int) {
    let worldSize = try number(launcher.worldSize, in: 1...Int(Int32.max))
    return (try number(launcher.rank, in: 0...(worldSize - 1)), worldSize)
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws(LaunchError) -> Int {
    guard let text = values[name] else {
      throw LaunchError(
        message: "\(name) is missing, but \(launcher)'s other variables are set; "
          + "start the processes with \(launcher), or unset them"
      )
    }
    guard let number = Int(text), range.contains(number) else {
      throw LaunchError(
        message: "\(name)=\(text) is not allowed; it is \(range.lowerBound)…\(range.upperBound)"
      )
    }
    return number
  }

  func host(isNeeded: Bool) throws(LaunchError) -> String {
    if let host = values["MASTER_ADDR"], !host.isEmpty { return host }
    guard isNeeded else { return LaunchEnvironment.single.host }
    throw LaunchError(
      message: "MASTER_ADDR is missing: it is the address of rank 0's machine; set it, "
        + "or start the processes with \(launcher)"
    )
  }

  func port(isNeeded: Bool) throws(LaunchError) -> UInt16 {
    if values["MASTER_PORT"] == nil, !isNeeded { return LaunchEnvironment.single.port }
    return UInt16(clamping: try number("MASTER_PORT", in: 1...65_535))
  }
}
