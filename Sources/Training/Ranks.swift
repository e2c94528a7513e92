internal import Encoding
public import Torch

/// The processes that train one model together, each with its part of every batch.
public struct Ranks: Sendable {
  private let group: ProcessGroup?

  /// One process alone.
  public static let single = Ranks(group: nil)

  /// The processes of a group; `nil` for one alone.
  public init(group: ProcessGroup?) { self.group = group }

  /// This process's number, from 0.
  public var rank: Int { group?.rank ?? 0 }

  /// How many processes there are.
  public var count: Int { group?.worldSize ?? 1 }

  /// Whether this process writes files and speaks to the user.
  public var leads: Bool { rank == 0 }

  /// Makes tensors the sums over all ranks, in place.
  func sum(_ tensors: [Tensor]) throws { try group?.allReduce(tensors) }

  /// The sum of a number over all ranks.
  func sum(_ value: Double) throws -> Double {
    guard let group else { return value }
    let tensor = try Tensor([value])
    try group.allReduce([tensor])
    return try tensor.item()
  }

  /// Makes tensors what they are in rank 0, in place.
  func spread(_ tensors: [Tensor]) throws { try group?.broadcast(tensors, from: 0) }

  /// Waits until all ranks have come.
  func wait() throws { try group?.barrier() }

  /// The rows of all ranks, those of rank 0 first; gradients flow to this rank's own.
  func gather(vectors: Tensor) throws -> Tensor {
    guard let group else { return vectors }
    let all = try group.allGather(vectors.detached().contiguous())
    return try Tensor.cat(
      (0..<count).map { try $0 == rank ? vectors : all.select(0, $0) }
    )
  }

  /// The rows of all ranks' masks.
  func gather(mask: Tensor) throws -> Tensor {
    guard let group else { return mask }
    let all = try group.allGather(mask.to(.uint8).contiguous())
    return try all.reshape([-1, mask.shape[1]]).to(.bool)
  }

  /// The hashes of all ranks.
  func gather(hashes: [UInt64]) throws -> [UInt64] {
    guard let group else { return hashes }
    let own = try Tensor(hashes.map { Int64(bitPattern: $0) })
    let all: [Int64] = try group.allGather(own).array()
    return all.map { UInt64(bitPattern: $0) }
  }
}
