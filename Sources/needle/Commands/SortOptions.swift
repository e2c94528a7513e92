internal import ArgumentParser
internal import TrainingData

/// A number of bytes as people write it: 512M, 2G, 100000.
struct ByteSize: ExpressibleByArgument {
  let count: Int

  init?(argument: String) {
    var digits = argument[...]
    var unit = 1
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    if let named = digits.last.flatMap({ units[Character($0.uppercased())] }) {
      unit = named
      digits = digits.dropLast()
    }
    guard let number = Int(digits) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    count = product
  }
}

/// Where and how large what is sorted may be.
struct SortOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory to sort in, such as 512M or 4G; the rest goes to a temporary file (default: 1G).",
      valueName: "size"
    )
  )
  var maxMemory: ByteSize?

  @Option(
    help: ArgumentHelp(
      "The folder for that file, which has no name and leaves nothing behind (default: that of "
        + "--out).",
      valueName: "folder"
    )
  )
  var tmpDir: String?

  func validate() throws {
    guard let maxMemory, maxMemory.count < 1 << 20 else { return }
    throw ValidationError("--max-memory is at least 1M")
  }

  /// The space for a command that writes `output`.
  func space(besides output: String) -> SortSpace {
    let slash = output.lastIndex(of: "/")
    let folder = slash.map { $0 == output.startIndex ? "/" : String(output[..<$0]) } ?? "."
    return SortSpace(memory: maxMemory?.count ?? 1 << 30, folder: tmpDir ?? folder)
  }
}
