internal import CKernels
internal import IntegerScan
internal import VectorCore

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

  /// Writes codes and, where they are wanted, rests of all nodes.
  func encode(withRests: Bool) throws -> (CodedRows, SharedArray<UInt8>) {
    let count = reader.vectors.count
    let axes = lean.axes
    let writer = CodedRowsWriter(
      .nibbles,
      count: count,
      dimension: axes.count,
      scale: lean.along
    )
    let rests = MutableMemory<UInt8>(count: withRests ? count * width : 0)
    let scratch = (0..<reader.threads).map { _ in Scratch(axes: axes, width: width) }
    let dimension = reader.space.dimension
    try unsafe reader.each { worker, node, _, image in
      guard let start = unsafe rests.elements.baseAddress else { return }
      let room = scratch[worker]
      unsafe room.encode(image, dimension: dimension, as: node, axes: axes, writer: writer)
      guard withRests else { return }
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
