// The shuffle puts bytes of equal significance side by side: in vectors the exponents, in small or
// slowly growing integers the zeros. LZ4 finds the runs that this makes. Bytes after the last whole
// element stay where they are.

extension SectionFilter {
  /// Rearranges `source` into `target` of the same size.
  func apply(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
    switch self {
    case .none: unsafe target.copyMemory(from: source)
    case .shuffle(2): unsafe scatterWords(source, target, UInt16.self, delta: false)
    case .shuffle(4): unsafe scatterWords(source, target, UInt32.self, delta: false)
    case .shuffle(8): unsafe scatterWords(source, target, UInt64.self, delta: false)
    case .shuffle(let width): unsafe scatterBytes(source, target, width: width)
    case .deltaShuffle(2): unsafe scatterWords(source, target, UInt16.self, delta: true)
    case .deltaShuffle(4): unsafe scatterWords(source, target, UInt32.self, delta: true)
    case .deltaShuffle(8): unsafe scatterWords(source, target, UInt64.self, delta: true)
    case .deltaShuffle(let width): preconditionFailure("no differences of \(width)-byte elements")
    }
  }

  /// Restores what ``apply(_:to:)`` rearranged.
  func undo(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
    switch self {
    case .none: unsafe target.copyMemory(from: source)
    case .shuffle(2): unsafe gatherWords(source, target, UInt16.self, delta: false)
    case .shuffle(4): unsafe gatherWords(source, target, UInt32.self, delta: false)
    case .shuffle(8): unsafe gatherWords(source, target, UInt64.self, delta: false)
    case .shuffle(let width): unsafe gatherBytes(source, target, width: width)
    case .deltaShuffle(2): unsafe gatherWords(source, target, UInt16.self, delta: true)
    case .deltaShuffle(4): unsafe gatherWords(source, target, UInt32.self, delta: true)
    case .deltaShuffle(8): unsafe gatherWords(source, target, UInt64.self, delta: true)
    case .deltaShuffle(let width): preconditionFailure("no differences of \(width)-byte elements")
    }
  }

  /// The filters worth trying for elements of a size, in the order in which ties are decided.
  static func candidates(elementSize: Int) -> [SectionFilter] {
    switch elementSize {
    // Bytes may be another library's serialized form, which is mostly 32-bit numbers.
    case 1: [.none, .shuffle(width: 4)]
    case 2, 4, 8: [.none, .shuffle(width: elementSize), .deltaShuffle(width: elementSize)]
    case 3...255: [.none, .shuffle(width: elementSize)]
    default: [.none]
    }
  }
}

private func scatterWords<Word: FixedWidthInteger>(
  _ source: UnsafeRawBufferPointer,
  _ target: UnsafeMutableRawBufferPointer,
  _: Word.Type,
  delta: Bool
) {
  let width = MemoryLayout<Word>.size
  let count = source.count / width
  var previous: Word = 0
  for index in 0..<count {
    let word = unsafe source.loadUnaligned(fromByteOffset: index &* width, as: Word.self)
    let value = delta ? word &- previous : word
    previous = word
    for plane in 0..<width {
      unsafe target[plane &* count &+ index] = UInt8(truncatingIfNeeded: value &>> (8 &* plane))
    }
  }
  unsafe copyTail(source, target, from: count * width)
}

private func gatherWords<Word: FixedWidthInteger>(
  _ source: UnsafeRawBufferPointer,
  _ target: UnsafeMutableRawBufferPointer,
  _: Word.Type,
  delta: Bool
) {
  let width = MemoryLayout<Word>.size
  let count = source.count / width
  var previous: Word = 0
  for index in 0..<count {
    var value: Word = 0
    for plane in 0..<width {
      unsafe value |= Word(truncatingIfNeeded: source[plane &* count &+ index]) &<< (8 &* plane)
    }
    if delta {
      value &+= previous
      previous = value
    }
    unsafe target.storeBytes(of: value, toByteOffset: index &* width, as: Word.self)
  }
  unsafe copyTail(source, target, from: count * width)
}

private func scatterBytes(
  _ source: UnsafeRawBufferPointer,
  _ target: UnsafeMutableRawBufferPointer,
  width: Int
) {
  let count = source.count / width
  for plane in 0..<width {
    for index in 0..<count {
      unsafe target[plane &* count &+ index] = source[index &* width &+ plane]
    }
  }
  unsafe copyTail(source, target, from: count * width)
}

private func gatherBytes(
  _ source: UnsafeRawBufferPointer,
  _ target: UnsafeMutableRawBufferPointer,
  width: Int
) {
  let count = source.count / width
  for plane in 0..<width {
    for index in 0..<count {
      unsafe target[index &* width &+ plane] = source[plane &* count &+ index]
    }
  }
  unsafe copyTail(source, target, from: count * width)
}

private func copyTail(
  _ source: UnsafeRawBufferPointer,
  _ target: UnsafeMutableRawBufferPointer,
  from start: Int
) {
  for index in start..<source.count { unsafe target[index] = source[index] }
}
