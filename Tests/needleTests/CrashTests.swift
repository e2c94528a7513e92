import Foundation
import Needletail
import TestSupport
import Testing

/// Changes of a segmented index that are killed before each of their writes, syncs, renames and removals.
///
/// The process is killed, not the machine: what it wrote is there, in the order in which it wrote it.
@Suite(.enabled(if: CrashLibrary.isUsable, "needs clang"))
struct CrashTests {
  private static let dimension = 4

  /// What a snapshot holds: the vectors by id.
  private func state(_ path: String) throws -> [String: [Float]] {
    let index = try SegmentedIndex(path)
    guard index.summary.count > 0 else { return [:] }
    // Every vector is found by itself, whatever its segment.
    var state: [String: [Float]] = [:]
    for (id, vector) in Self.known {
      let found = try index.search(vector.span, k: index.summary.count)[0]
      for neighbor in found where neighbor.score == 0 {
        if index.ids.text(of: neighbor.id) == id.name { state[id.name] = vector }
      }
      state["count"] = [Float(found.count)]
    }
    return state
  }

  /// A vector that an id has at some time.
  private struct Version: Hashable {
    let name: String
    let seed: UInt64
  }

  /// The vectors that the files of `prepare` hold, by id and version.
  private static let known: [(id: Version, vector: [Float])] = {
    [(UInt64(1), 0..<6), (2, 4..<9), (3, 20..<22)].flatMap { seed, ids in
      let values = seededValues(count: ids.count, dimension: dimension, seed: seed)
      return ids.enumerated().map { row, id in
        (Version(name: "\(id)", seed: seed), Array(values[row * dimension..<(row + 1) * dimension]))
      }
    }
  }()

  /// An index of two segments, one of nine, and files for more.
  private func prepare(_ folder: TemporaryFolder) throws {
    for (name, seed, ids) in [("a", UInt64(1), 0..<6), ("b", 2, 4..<9), ("c", 3, 20..<22)] {
      _ = try folder.vectors("\(name).npy", count: ids.count, dimension: Self.dimension, seed: seed)
      try folder.file("\(name).ids", Array(ids.map { "\($0)\n" }.joined().utf8))
    }
    try folder.file("gone.ids", Array("0\n20\n".utf8))
    let years = (4..<9).map { "{\"id\": \($0), \"year\": \(2000 + $0)}\n" }.joined()
    try folder.file("b.jsonl", Array(years.utf8))
    let made = try NeedleCommand.shell(
      """
      set -e
      add() { "$needle" index "$1" "$2" --vectors "$3.npy" --ids "$3.ids" $4; }
      add add docs a "--backend flat --metric l2" && add add docs c
      add add many a "--backend flat --metric l2"
      for _ in 1 2 3 4 5 6 7; do add update many c; add update many b; done
      add add other b "--backend flat --metric l2"
      """,
      in: folder
    )
    #expect(made.code == 0, "\(made.errors)")
  }

  /// Changes of the folder `work`, which begins as a copy of another, or as nothing.
  private static let changes = [
    ("docs", "index update work --vectors b.npy --ids b.ids"),
    ("docs", "index update work --vectors b.npy --ids b.ids --attributes b.jsonl"),
    ("docs", "index delete work --ids gone.ids"), ("docs", "index compact work"),
    ("docs", "index merge work other --on-duplicate replace"),
    ("many", "index update work --vectors a.npy --ids a.ids"), ("many", "index compact work"),
    ("many", "index delete work --ids gone.ids"),
    ("many", "index merge work other --on-duplicate replace"),
    ("", "index add work --vectors a.npy --ids a.ids --backend flat --metric l2"),
  ]

  @Test func theStateIsOldOrNew() throws {
    var points = 0
    for (source, command) in Self.changes { points += try kill(source, command) }
    #expect(points >= 200, "\(points)")
  }

  /// Kills a change at every point.
  ///
  /// - Returns: how many there are.
  private func kill(_ source: String, _ command: String) throws -> Int {
    let folder = try TemporaryFolder()
    try prepare(folder)
    let work = folder.path("work")
    func run(_ prefix: String) throws -> CommandResult {
      try NeedleCommand.shell(
        "rm -rf work; [ -z '\(source)' ] || cp -r '\(source)' work; "
          + "\(prefix) \"$needle\" \(command); exit $?",
        in: folder
      )
    }
    let before = source.isEmpty ? [:] : try state(folder.path(source))
    #expect(try run("").code == 0)
    let after = try state(work)
    var points = 0
    var seen: Set<Bool> = []
    while points < 500 {
      let result = try run("CRASH_AT=\(points + 1) LD_PRELOAD='\(CrashLibrary.path)'")
      guard result.code != 0 else { break }
      points += 1
      #expect(result.code == 137, "\(points): \(result.errors)")
      // Nothing was made yet.
      guard SegmentedIndex.exists(work) else { continue }
      let found = try state(work)
      #expect(found == after || found == before, "\(command), killed at \(points): \(found)")
      seen.insert(found == after)
      // And it can be changed again.
      let writer = try SegmentWriter(work)
      #expect(Float(writer.count) == found["count"]?[0] ?? 0)
      let strays = try FileManager.default.contentsOfDirectory(atPath: work)
        .filter { $0.hasPrefix(".needle-") }
      #expect(strays.isEmpty, "\(strays)")
    }
    #expect(points >= 8 && points < 500, "\(points)")
    #expect(try state(work) == after)
    #expect(before == after || seen == [true, false], "\(seen)")
    return points
  }
}

/// The library that kills, compiled once.
enum CrashLibrary {
  private static let folder = try? TemporaryFolder()

  static let path: String = {
    guard let folder else { return "" }
    let source = RealVectors.folder + "/crash/crash.c"
    let built = try? NeedleCommand.shell(
      "swift=$(readlink -f \"$(command -v swift)\"); for c in clang cc \"${swift%/*}/clang\"; do "
        + "command -v \"$c\" >/dev/null && \"$c\" -shared -fPIC -O1 -o crash.so '\(source)' -ldl "
        + "&& exit; done; exit 1",
      in: folder
    )
    return built?.code == 0 ? folder.path("crash.so") : ""
  }()

  static var isUsable: Bool { !path.isEmpty }
}
