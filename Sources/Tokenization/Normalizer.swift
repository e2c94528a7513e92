/// What is done to the text between added tokens before it is cut into words: steps in turn.
struct Normalizer: Sendable {
  /// One step.
  enum Step: Sendable {
    case bert(BertNormalizer)
    case characterMap(CharacterMap)
    /// White space at the ends is removed.
    case strip(left: Bool, right: Bool)
    /// Two or more blanks become this.
    case collapseBlanks(to: [UInt8])
  }

  /// Space for one text.
  struct Scratch: Sendable {
    var bert = BertNormalizer.Scratch()
    fileprivate var intermediate: [UInt8] = []
  }

  /// The steps; none leaves the text as it is.
  var steps: [Step]

  /// Replaces `output` by the normalized text.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - output: gets valid UTF-8.
  ///   - scratch: of the calling thread.
  func normalize(_ text: Span<UInt8>, into output: inout [UInt8], _ scratch: inout Scratch) {
    output.removeAll(keepingCapacity: true)
    guard let first = steps.first else {
      output.append(text, in: 0..<text.count)
      return
    }
    apply(first, to: text, into: &output, &scratch)
    for step in steps.dropFirst() {
      var input: [UInt8] = []
      swap(&input, &scratch.intermediate)
      swap(&input, &output)
      output.removeAll(keepingCapacity: true)
      apply(step, to: input.span, into: &output, &scratch)
      swap(&input, &scratch.intermediate)
    }
  }

  private func apply(
    _ step: Step,
    to text: Span<UInt8>,
    into output: inout [UInt8],
    _ scratch: inout Scratch
  ) {
    switch step {
    case .bert(let normalizer): normalizer.normalize(text, into: &output, &scratch.bert)
    case .characterMap(let map): map.normalize(text, into: &output)
    case .strip(let left, let right): strip(text, left: left, right: right, into: &output)
    case .collapseBlanks(let replacement): collapse(text, to: replacement, into: &output)
    }
  }

  private func strip(
    _ text: Span<UInt8>,
    left: Bool,
    right: Bool,
    into output: inout [UInt8]
  ) {
    let start = left ? text.endOfWhitespace(from: 0) : 0
    let end = right ? text.startOfWhitespace(before: text.count) : text.count
    if start < end { output.append(text, in: start..<end) }
  }

  private func collapse(
    _ text: Span<UInt8>,
    to replacement: [UInt8],
    into output: inout [UInt8]
  ) {
    var place = 0
    while place < text.count {
      var end = place
      while end < text.count, text[end] == 0x20 { end += 1 }
      if end - place >= 2 {
        output.append(contentsOf: replacement)
        place = end
      } else {
        output.append(text[place])
        place += 1
      }
    }
  }
}
