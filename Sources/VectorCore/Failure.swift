/// What kind of failure an error is; the command line turns it into a sysexits code.
public enum FailureKind: Int32, Sendable {
  /// The caller asked for something that does not exist or makes no sense (`EX_USAGE`).
  case usage = 64
  /// The data are wrong: corrupt, truncated, not finite, of another dimension (`EX_DATAERR`).
  case badData = 65
  /// A file that should be read is not there (`EX_NOINPUT`).
  case missingInput = 66
  /// A fault of Needletail or of a library under it (`EX_SOFTWARE`).
  case `internal` = 70
  /// Reading or writing failed: permissions, full disk, device errors (`EX_IOERR`).
  case inputOutput = 74
}

/// An error with one sentence for the user and a kind for the exit code.
public protocol NeedletailError: Error, Sendable, CustomStringConvertible {
  /// The class of failure.
  var kind: FailureKind { get }
}

/// A file cannot be read or written, or does not hold what it should.
public struct FileError: NeedletailError, Equatable {
  /// The file's path as the user gave it.
  public let path: String
  /// Where in the file: "row 7, column 2", "byte 128", "line 3"; `nil` where the whole file is meant.
  public let place: String?
  /// What is wrong there, with the values found and expected.
  public let reason: String
  /// What the user can do; `nil` where nothing but another file helps.
  public let remedy: String?
  /// The class of failure.
  public let kind: FailureKind

  /// Creates an error about one file.
  public init(
    _ kind: FailureKind,
    path: String,
    place: String? = nil,
    reason: String,
    remedy: String? = nil
  ) {
    self.kind = kind
    self.path = path
    self.place = place
    self.reason = reason
    self.remedy = remedy
  }

  /// One line: `path: place: reason; remedy`.
  public var description: String {
    let head = [path, place].compactMap { $0 }.joined(separator: ": ")
    return "\(head): \(reason)\(remedy.map { "; \($0)" } ?? "")".onOneLine
  }
}

/// A request that an index cannot answer, or vectors that it cannot hold.
public enum IndexError: NeedletailError, Equatable {
  /// A vector's length is not the index's.
  case dimensionMismatch(what: String, expected: Int, actual: Int)
  /// A parameter's value is not allowed.
  case invalidParameter(name: String, value: String, allowed: String)
  /// A parameter that the backend does not know.
  case unknownParameter(name: String, owner: String, known: [String])
  /// A recall is asked for where none was measured; `tunable` says whether it could be.
  case noRecallCurve(owner: String, tunable: Bool)
  /// No backend has this name.
  case unknownBackend(name: String, known: [String])
  /// A NaN or an infinity.
  case notFinite(what: String, row: Int, column: Int)
  /// A vector of length zero, whose cosine is undefined.
  case zeroVector(what: String, row: Int)
  /// A set without vectors.
  case emptySet(what: String)
  /// More vectors than the backend can number.
  case tooManyVectors(count: Int, limit: Int)
  /// Training needs more vectors than there are.
  case tooFewVectors(what: String, count: Int, needed: Int)
  /// Two vectors have the same id.
  case duplicateID(id: UInt64, firstRow: Int, secondRow: Int)
  /// Two vectors have the same name.
  case duplicateName(name: String, firstRow: Int, secondRow: Int)

  /// Usage for names and parameters, bad data for vectors.
  public var kind: FailureKind {
    switch self {
    case .invalidParameter, .unknownParameter, .noRecallCurve, .unknownBackend: .usage
    default: .badData
    }
  }

  /// One line with the values and the remedy.
  public var description: String {
    switch self {
    case .dimensionMismatch(let what, let expected, let actual):
      "\(what): dimension \(actual), but \(expected) is expected; "
        + "use vectors of the same model as the index"
    case .invalidParameter(let name, let value, let allowed):
      "\(name)=\(value) is not allowed; \(name) is \(allowed)"
    case .unknownParameter(let name, let owner, let known):
      "\(owner) has no parameter '\(name)'; it knows "
        + (known.isEmpty ? "none" : known.joined(separator: ", "))
    case .noRecallCurve(let owner, let tunable):
      tunable
        ? "this \(owner) index was not tuned for a recall; build it again with --recall, "
          + "or give a search parameter"
        : "\(owner) has no search parameter that trades recall for time; leave the recall out"
    case .unknownBackend(let name, let known):
      "no backend '\(name)'; there are \(known.joined(separator: ", "))"
    case .notFinite(let what, let row, let column):
      "\(what): row \(row), column \(column): not a finite number; remove or repair this vector"
    case .zeroVector(let what, let row):
      "\(what): row \(row): an all-zero vector has no cosine; remove it or use --metric ip or l2"
    case .emptySet(let what):
      "\(what): holds no vectors; at least one is needed"
    case .tooManyVectors(let count, let limit):
      "\(count) vectors are more than the \(limit) that one index can hold; split the set"
    case .tooFewVectors(let what, let count, let needed):
      "\(what) needs at least \(needed) vectors to train, but there are \(count); "
        + "lower the parameter or use another backend"
    case .duplicateID(let id, let firstRow, let secondRow):
      "id \(id) stands at rows \(firstRow) and \(secondRow); ids must be unique"
    case .duplicateName(let name, let firstRow, let secondRow):
      "id '\(name)' stands at rows \(firstRow) and \(secondRow); ids must be unique"
    }
  }
}

extension String {
  /// The text with control characters and line breaks as `\u{…}`: what messages quote comes from files,
  /// and must neither break a line nor command a terminal.
  package var onOneLine: String {
    guard unicodeScalars.contains(where: \.breaksLines) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.breaksLines {
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var breaksLines: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
