internal import Foundation
public import VectorCore

/// A reader of files, to be given bytes that nobody wrote for it.
public struct FuzzTarget: Sendable, CustomStringConvertible {
  /// The name of its corpus, `Tests/Data/fuzz/NAME`.
  public let name: String
  /// What the file is called: endings tell formats.
  let fileName: String
  /// Files of a folder of `Tests/Data/fuzz/beside` that stand beside it.
  let beside: String?
  /// Makes checksums fit, without which hardly any input would be looked into.
  let seal: @Sendable (inout [UInt8]) -> Void
  /// Reads the file at a path, all of it.
  let read: @Sendable (String) throws -> Void

  init(
    _ name: String,
    _ fileName: String,
    beside: String? = nil,
    seal: @escaping @Sendable (inout [UInt8]) -> Void = { _ in },
    read: @escaping @Sendable (String) throws -> Void
  ) {
    self.name = name
    self.fileName = fileName
    self.beside = beside
    self.seal = seal
    self.read = read
  }

  /// Its name.
  public var description: String { name }

  /// All readers that open files of others.
  public static let all: [FuzzTarget] = vectors + texts + models + indexes

  /// The folder of all corpora.
  static let data = #filePath.components(separatedBy: "/FuzzTargets/")[0] + "/Data/fuzz"

  /// The inputs that are kept with the package, which can be read.
  public func seeds() throws -> [[UInt8]] {
    let folder = Self.data + "/" + name
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { file in
      try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + file)))
    }
  }
}

/// A place where one reader gets one input after the other.
public struct FuzzBench: Sendable {
  private let target: FuzzTarget
  private let path: String

  /// Makes the files that stand beside the input.
  ///
  /// - Parameters:
  ///   - target: the reader.
  ///   - folder: an empty or a new folder, best in memory.
  /// - Throws: what copying throws.
  public init(_ target: FuzzTarget, in folder: String) throws {
    self.target = target
    path = folder + "/" + target.fileName
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard let beside = target.beside else { return }
    let source = FuzzTarget.data + "/beside/" + beside
    for name in try FileManager.default.contentsOfDirectory(atPath: source) {
      try FileManager.default.copyItem(atPath: source + "/" + name, toPath: folder + "/" + name)
    }
  }

  /// Gives the reader an input.
  ///
  /// - Parameter bytes: anything.
  /// - Returns: the reader's complaint; `nil` where it could read them.
  /// - Throws: what no reader may throw, an error of another kind.
  public func read(_ bytes: [UInt8]) throws -> (any NeedletailError)? {
    var bytes = bytes
    target.seal(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    do {
      try target.read(path)
      return nil
    } catch let error as any NeedletailError {
      return error
    }
  }
}
