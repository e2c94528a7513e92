/// A moment of a training as TensorBoard stores it: the message `Event` of TensorFlow's
/// `event.proto`, in a record of a TFRecord file.
struct TrainingEvent: Equatable {
  /// Seconds since 1970.
  let wallTime: Double
  let step: Int
  let content: Content

  /// What is said.
  enum Content: Equatable {
    /// The version of the format; every file begins with it.
    case version(String)
    /// The training starts again at this step: later steps that were stored before do not count.
    case restart
    /// Numbers of this step by name.
    case scalars([Scalar])
  }

  /// A number with its name.
  struct Scalar: Equatable {
    let tag: String
    let value: Float
  }

  /// The message, with TensorFlow's numbers of fields.
  var message: ProtocolBuffer {
    var event = ProtocolBuffer()
    event.add(1, wallTime)
    // As Protocol Buffers have it, what is 0 is left out.
    if step != 0 { event.add(2, step) }
    switch content {
    case .version(let version): event.add(3, version)
    case .scalars(let scalars): event.add(5, Self.summary(scalars))
    case .restart:
      var session = ProtocolBuffer()
      session.add(1, Self.start)
      event.add(7, session)
    }
    return event
  }

  /// The message between its length and the checksums of both.
  var record: [UInt8] {
    let data = message.bytes
    let length = littleEndian(UInt64(data.count))
    return length + littleEndian(MaskedChecksum.of(length)) + data
      + littleEndian(MaskedChecksum.of(data))
  }

  /// `SessionLog.START`.
  private static let start = 1

  private static func summary(_ scalars: [Scalar]) -> ProtocolBuffer {
    var summary = ProtocolBuffer()
    for scalar in scalars {
      var value = ProtocolBuffer()
      value.add(1, scalar.tag)
      value.add(2, scalar.value)
      summary.add(1, value)
    }
    return summary
  }
}
