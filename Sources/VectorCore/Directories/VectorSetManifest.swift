/// What a folder of encoded vectors holds, and how they were made: its `manifest.json`.
public struct VectorSetManifest: Sendable, Equatable {
  /// One `.npy` file of the folder.
  public struct Shard: Sendable, Equatable {
    /// The number of vectors.
    public var rows: Int
    /// XXH3-64 of the file in hexadecimal; `nil` as long as it grows.
    public var checksum: String?

    /// Describes a shard.
    public init(rows: Int, checksum: String?) {
      self.rows = rows
      self.checksum = checksum
    }
  }

  /// One of several parts that a corpus was cut into, each in a folder of its own.
  public struct Slice: Sendable, Equatable {
    /// The part's number, from 0.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// Describes a part.
    ///
    /// - Precondition: `index` is in `0..<count`.
    public init(index: Int, count: Int) {
      precondition((0..<count).contains(index), "part \(index) of \(count)")
      self.index = index
      self.count = count
    }

    /// The name of its folder: `slice-0-of-4`.
    public var folder: String { "slice-\(index)-of-\(count)" }
  }

  /// A named value that the vectors depend on: the model's hash, a template, a length.
  public struct Setting: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String

    /// Pairs a name with a value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Whether all vectors are there; a partial set can only be continued.
  public var isComplete: Bool
  /// The length of each vector.
  public var dimension: Int
  /// The type of the elements, f16 or f32.
  public var element: ElementKind
  /// The number of vectors in all shards.
  public var count: Int
  /// The vectors of each shard but the last.
  public var shardRows: Int
  /// The shards, in the order of the vectors.
  public var shards: [Shard]
  /// The size of `ids.txt`.
  public var idBytes: Int
  /// XXH3-64 of `ids.txt` in hexadecimal; `nil` as long as it grows.
  public var idChecksum: String?
  /// Which part of the corpus this is; `nil` where it is the whole.
  public var slice: Slice?
  /// All that the vectors depend on, in the order of writing.
  public var settings: [Setting]

  /// Describes a set that has no vectors yet.
  public init(
    dimension: Int,
    element: ElementKind,
    shardRows: Int,
    slice: Slice?,
    settings: [Setting]
  ) {
    precondition(dimension > 0 && shardRows > 0, "dimension \(dimension), shards of \(shardRows)")
    isComplete = false
    self.dimension = dimension
    self.element = element
    count = 0
    self.shardRows = shardRows
    shards = []
    idBytes = 0
    self.slice = slice
    self.settings = settings
  }

  /// The manifest's name in its folder.
  public static let fileName = "manifest.json"
  /// The name of the ids in the folder.
  public static let idsName = "ids.txt"

  /// The name of a shard in its folder: `vectors-00000.npy`.
  public static func shardName(_ number: Int) -> String {
    let digits = "\(number)"
    return "vectors-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".npy"
  }
}
