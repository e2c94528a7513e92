import Foundation
import TestSupport
import Testing

/// The shell commands that the MS MARCO document prepares its files with.
enum DocumentCommands {
  /// Joins `para.txt` and `para.title.txt`.
  static let join = """
    export LC_ALL=C; tab=$(printf '\\t'); join -t "$tab" -e '' -a 1 -o 1.1 2.2 1.2 \
    <(sort -k1,1 para.txt) <(sort -k1,1 para.title.txt) | sort -k1,1 -n > document.tsv
    """

  /// Groups the triples of `triples.tsv`, whose lines end in CR LF.
  static let group = """
    awk -v RS='\\r\\n' '$1==last {printf ",%s",$3; next} NR>1 {print "";} \
    {last=$1; printf "%s\\t%s",$1,$3;} END{print "";}' triples.tsv > document.tsv
    """

  /// Runs a line of shell in a folder.
  static func run(_ line: String, in folder: TemporaryFolder) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-o", "pipefail", "-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// The folder of the reverse dictionary, which lies beside the package on some machines.
  static let reverseDictionary: String? = {
    let package = #filePath.components(separatedBy: "/Tests/")[0]
    let folder = package + "/../shared/data/revdict"
    return FileManager.default.fileExists(atPath: folder + "/para.txt") ? folder : nil
  }()
}
