internal import Benchmarking
internal import Needletail
internal import Reporting

/// What a build is going to take, for people and programs.
struct BuildPlan {
  /// The specification as it was given.
  let spec: String
  /// Why the kind of index was chosen, where it was.
  let choice: BackendChoice?
  let metric: Metric
  let count: Int
  let dimension: Int
  let threads: Int
  /// `nil` where the backend does not say.
  let memory: BuildMemory?
  /// What the machine has left; `nil` where the kernel does not say.
  let available = ProcessMemory.available

  /// The bytes of the file, ids included, over the number of vectors.
  private var perVector: Double? { memory.map { Double($0.fileBytes) / Double(count) } }

  private var peak: [BuildMemory.Part] { (memory?.peak ?? []) + [MemoryLimitOption.program] }
  private var search: [BuildMemory.Part] { (memory?.search ?? []) + [MemoryLimitOption.program] }

  /// Says in one line on the standard error where the memory will not suffice.
  func warn() {
    guard let memory, let available, peak.bytes > available else { return }
    StandardError.write(
      "needle: warning: building takes about \(NumberText.bytes(peak.bytes)) of memory, but "
        + "\(NumberText.bytes(available)) are available; use fewer vectors or \(memory.remedy)\n"
    )
  }

  /// Refuses a build that takes more memory than is allowed, and says how many vectors would fit.
  ///
  /// - Parameters:
  ///   - limit: what is allowed.
  ///   - largest: the most vectors whose build takes no more than some bytes.
  /// - Throws: ``UsageError`` where it does, and what `largest` throws.
  func check(_ limit: MemoryLimitOption, largest: (Int) throws -> Int) throws {
    try limit.check("building \(spec)", takes: memory?.peakBytes) { room in
      let fits = try largest(room)
      let less = memory.map { "or \($0.remedy)" } ?? ""
      return fits == 0
        ? "allow more\(less.isEmpty ? "" : ", \(less)")"
        : "\(NumberText.grouped(fits)) of the \(NumberText.grouped(count)) vectors would fit\(less.isEmpty ? "" : "; use fewer \(less)")"
    }
  }

  /// Sections, peak and search, each with a sum and its parts.
  func text(_ path: String) -> String {
    let head =
      "\(path): \(spec), \(metric.rawValue), \(NumberText.grouped(count)) x \(dimension)\n"
    let why = choice?.text ?? ""
    guard let memory else { return why + head + "the backend gives no estimate\n" }
    let lines =
      block("index file", memory.fileBytes, memory.sections)
      + [("bytes per vector", NumberText.fixed(perVector ?? 0, 1))]
      + block("memory to build, \(threads) threads", peak.bytes, peak)
      + block("memory to search", search.bytes, search)
    let left = available.map { "available now: \(NumberText.bytes($0))\n" } ?? ""
    return why + head + aligned(lines)
      + "estimated, without compression; a file of vectors is mapped and not counted\n" + left
  }

  private func block(
    _ name: String,
    _ sum: Int,
    _ parts: [BuildMemory.Part]
  ) -> [(name: String, value: String)] {
    // What is less than a thousandth of the whole would only be in the way.
    [(name, NumberText.bytes(sum))]
      + parts.filter { $0.bytes > sum / 1_000 }.map {
        ("  " + $0.name, NumberText.bytes($0.bytes))
      }
  }

  /// The estimate as a JSON object; its sums are `null` where the backend gives none.
  func json(_ path: String) -> JSONText {
    func list(_ parts: [BuildMemory.Part]?) -> JSONText {
      .list(
        (parts ?? []).map { .object([("name", .text($0.name)), ("bytes", .integer($0.bytes))]) }
      )
    }
    return .object([
      ("path", .text(path)),
      ("spec", .text(spec)),
      ("metric", .text(metric.rawValue)),
      ("count", .integer(count)),
      ("dimension", .integer(dimension)),
      ("threads", .integer(threads)),
      ("file_bytes", memory.map { .integer($0.fileBytes) } ?? .null),
      ("bytes_per_vector", perVector.map { .real($0) } ?? .null),
      ("choice", choice?.json ?? .null),
      ("peak_bytes", memory.map { _ in .integer(peak.bytes) } ?? .null),
      ("search_bytes", memory.map { _ in .integer(search.bytes) } ?? .null),
      ("available_bytes", available.map { .integer($0) } ?? .null),
      ("sections", list(memory?.sections)),
      ("peak", list(memory.map { _ in peak })),
      ("search", list(memory.map { _ in search })),
    ])
  }
}
