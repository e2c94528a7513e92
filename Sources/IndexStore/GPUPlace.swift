public import VectorCore

/// A GPU for an index, and how the index is held there.
public struct GPUPlace: Sendable, Equatable {
  /// The GPU's number, from 0.
  public let ordinal: Int
  /// Whether vectors and tables are in half precision there, which answers may depend on.
  public let usesHalf: Bool
  /// Bytes for intermediate results, 0 or more; `nil` for what the library takes.
  public let scratchBytes: Int?

  /// Names a GPU.
  public init(ordinal: Int, usesHalf: Bool = false, scratchBytes: Int? = nil) {
    precondition(ordinal >= 0 && (scratchBytes ?? 0) >= 0, "no place")
    self.ordinal = ordinal
    self.usesHalf = usesHalf
    self.scratchBytes = scratchBytes
  }

  /// Reads the name of one GPU: `cuda` for the first, or `cuda:1`.
  ///
  /// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)``.
  public init(
    named name: String,
    usesHalf: Bool = false,
    scratchBytes: Int? = nil
  ) throws(IndexError) {
    let number = name.hasPrefix("cuda:") ? Int32(name.dropFirst(5)) : name == "cuda" ? 0 : nil
    guard let number, number >= 0 else {
      throw .invalidParameter(name: "device", value: name, allowed: "one GPU: cuda or cuda:0")
    }
    self.init(ordinal: Int(number), usesHalf: usesHalf, scratchBytes: scratchBytes)
  }
}

/// An index that a GPU can search as well.
public protocol GPUSearchable: StoredIndex {
  /// A view of the index that is searched on a GPU, where a copy of it is held.
  ///
  /// - Throws: the backend's own error where there is no such GPU, or too little memory on it.
  func copied(to place: GPUPlace) throws -> any StoredIndex
}

extension StoredIndex {
  /// The index, with its attributes and its recall curve, searched on a GPU.
  ///
  /// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for a backend that has no GPUs or
  ///   chooses its own, and what the backend throws.
  public func onGPU(_ place: GPUPlace) throws -> any StoredIndex {
    switch self {
    case let tuned as TunedIndex:
      return TunedIndex(try tuned.base.onGPU(place), curve: tuned.curve)
    case let index as AttributedIndex:
      return AttributedIndex(try index.base.onGPU(place), attributes: index.attributes)
    case let index as any GPUSearchable:
      return try index.copied(to: place)
    default:
      throw IndexError.invalidParameter(
        name: "device",
        value: "cuda:\(place.ordinal) for \(summary.backend)",
        allowed: "for indexes of faiss-flat and faiss-ivfpq; cuvs-* find their GPU themselves"
      )
    }
  }
}
