internal import CKernels
internal import IntegerScan
internal import VectorCore

/// The principal axes of a set, turned among themselves so that all carry about as much: codes of vectors
/// along them take a fraction of the memory, and of the time that reading them takes.
///
/// After LeanVec, Tepper et al., arXiv:2312.16335; what the axes leave out is part of the rests that
/// candidates are ranked by.
struct LeanAxes: Sendable {
  let axes: Projection
  /// How large values along the axes are, and what they leave out with codes of 4 bits.
  let along: ValueScale
  let restRootMeanSquare: Float

  /// Vectors that the axes come from, at most.
  private static let sample = 20_000
  /// The part of the variance that the axes must keep.
  private static let kept = 0.93
  /// Axes come in cache lines of half bytes.
  private static let step = 128

  /// Chooses axes for coded vectors; `nil` where so many would be needed that they save little.
  init?(for codes: CodedRows, seed: UInt64, threads: Int, always: Bool) {
    let dimension = codes.dimension
    guard always || dimension >= 3 * Self.step / 2 else { return nil }
    let vectors = Self.sampled(codes, seed: seed)
    let most = min(4 * Self.step, (dimension * 3 / 4) / Self.step * Self.step)
    guard most > 0 || always else { return nil }
    let found = PrincipalAxes(
      of: vectors,
      count: min(dimension, max(most, Self.step)),
      seed: seed,
      threads: threads
    ).axes
    let total = vectors.reduce(0.0) { $0 + Self.squares($1) }
    var count = 0
    var energy = 0.0
    while count < found.count && energy < Self.kept * total {
      let next = min(count + Self.step, found.count)
      for axis in count..<next {
        for vector in vectors {
          let product = Double(PrincipalAxes.product(found[axis], vector))
          energy += product * product
        }
      }
      count = next
    }
    guard always || energy >= Self.kept * total else { return nil }
    let turned = Self.turned(Array(found.prefix(count)), seed: seed)
    axes = Projection(turned)
    let values = Double(vectors.count)
    let rms = (energy / (values * Double(count))).squareRoot()
    along = ValueScale(largest: Float(4 * rms), rootMeanSquare: Float(rms))
    // Codes of 4 bits leave about a hundredth of the variance.
    let left = max(0, total - energy) + 0.0125 * energy
    restRootMeanSquare = Float((left / (values * Double(dimension))).squareRoot())
  }

  private static func squares(_ vector: [Float]) -> Double {
    Double(PrincipalAxes.product(vector, vector))
  }

  private static func sampled(_ codes: CodedRows, seed: UInt64) -> [[Float]] {
    (0..<min(sample, codes.count)).map { place in
      let draw = SplitMix64.value(seed: seed, at: UInt64(place))
      let row = codes.count <= sample ? place : Int(draw % UInt64(codes.count))
      return (0..<codes.dimension).map { column in
        codes.unit * (Float(codes.codes[row * codes.stride + column]) - 128)
      }
    }
  }

  /// The same space, spanned by axes of about equal variance.
  private static func turned(_ axes: [[Float]], seed: UInt64) -> [[Float]] {
    let rotation = Rotation(dimension: axes.count, seed: seed)
    var result = axes
    for column in axes[0].indices {
      var values = axes.map { $0[column] }
      unsafe values.withUnsafeMutableBufferPointer { buffer in
        guard let first = buffer.baseAddress else { return }
        unsafe rotation.apply(first)
      }
      for axis in axes.indices { result[axis][column] = values[axis] }
    }
    return result
  }
}

/// Encodes vectors along axes, with rests of a byte a dimension.
struct LeanEncoder: Sendable {
  private let reader: ImageReader
  private let lean: LeanAxes
  private let width: Int
  /// The axes' codes, `[axes, dimension]`.
  private let signed: SharedArray<Int8>

  init(reader: ImageReader, lean: LeanAxes, width: Int) {
    self.reader = reader
    self.lean = lean
    self.width = width
    let (axes, dimension) = (lean.axes.axes, lean.axes.axes.dimension)
    let signed = MutableMemory<Int8>(count: axes.count * dimension)
    if let panels = unsafe axes.codes.baseAddress {
      for axis in 0..<axes.count {
        for column in 0..<dimension {
          unsafe signed.elements[axis * dimension + column] = Int8(
            CodePanels.code(panels, dimension: dimension, row: axis, column: column)
          )
        }
      }
    }
    self.signed = signed.frozen()
  }

  /// What a rest's unit stands for: rests reach six times their root mean square.
  var restUnit: Float {
    lean.restRootMeanSquare > 0 ? 6 * lean.restRootMeanSquare / 127 : 1
  }

  /// Writes codes and rests of all nodes.
  func encode() throws -> (CodedRows, SharedArray<UInt8>) {
    let count = reader.vectors.count
    let axes = lean.axes
    let writer = CodedRowsWriter(
      .nibbles,
      count: count,
      dimension: axes.count,
      scale: lean.along
    )
    let rests = MutableMemory<UInt8>(count: count * width)
    let scratch = (0..<reader.threads).map { _ in Scratch(axes: axes, width: width) }
    let dimension = reader.space.dimension
    try unsafe reader.each { worker, node, _, image in
      guard let start = unsafe rests.elements.baseAddress else { return }
      let room = scratch[worker]
      unsafe room.encode(image, dimension: dimension, as: node, axes: axes, writer: writer)
      unsafe room.writeRests(
        image,
        dimension: dimension,
        unit: restUnit,
        writer: writer,
        axes: axes,
        signed: signed,
        to: start + node * width
      )
    }
    return (writer.finished(), rests.frozen())
  }

  /// Memory of one thread.
  // @unchecked Sendable because each thread has one of its own.
  private final class Scratch: @unchecked Sendable {
    private var query: CodedQuery
    private let projected: MutableMemory<Float>
    private let sums: MutableMemory<Float>
    private let plain: MutableMemory<UInt8>

    init(axes: Projection, width: Int) {
      query = CodedQuery(width: width)
      projected = MutableMemory(count: axes.room)
      sums = MutableMemory(count: width)
      plain = MutableMemory(count: CodedRows.Kind.nibbles.width(dimension: axes.count))
    }

    func encode(
      _ image: UnsafePointer<Float>,
      dimension: Int,
      as node: Int,
      axes: Projection,
      writer: CodedRowsWriter
    ) {
      guard let projected = unsafe projected.elements.baseAddress,
        let plain = unsafe plain.elements.baseAddress
      else { return }
      unsafe query.load(image, count: dimension)
      unsafe axes.project(query, exactly: true, into: projected)
      unsafe writer.write(projected, as: node, plain: plain)
    }

    /// Writes what the codes just written leave over, as round(rest / unit) + 128.
    func writeRests(
      _ image: UnsafePointer<Float>,
      dimension: Int,
      unit: Float,
      writer: CodedRowsWriter,
      axes: Projection,
      signed: SharedArray<Int8>,
      to rests: UnsafeMutablePointer<UInt8>
    ) {
      guard let projected = unsafe projected.elements.baseAddress,
        let sums = unsafe sums.elements.baseAddress
      else { return }
      for axis in 0..<axes.count {
        unsafe projected[axis] = writer.unit * (Float(plain.elements[axis]) - writer.kind.zero)
      }
      unsafe sums.update(repeating: 0, count: self.sums.elements.count)
      guard let signed = unsafe signed.baseAddress, let units = unsafe axes.axes.units.baseAddress
      else { return }
      let add = unsafe needle_int8_encoders_for(needle_simd_level()).pointee.accumulate
      for axis in 0..<axes.count {
        unsafe add(signed + axis * dimension, dimension, projected[axis] * units[axis], sums)
      }
      for column in unsafe 0..<self.sums.elements.count {
        let left = unsafe column < dimension ? image[column] - sums[column] : 0
        let code = (left / unit).rounded(.toNearestOrEven)
        unsafe rests[column] = UInt8(max(0, min(255, code + 128)))
      }
    }
  }
}
