internal import Glibc
public import VectorCore

/// Writes the numbers of a training as TensorBoard reads them: `tensorboard --logdir FOLDER`.
///
/// Every start of a training begins a file of its own, `events.out.tfevents.<seconds>.<host>.
/// <process>.<number>`; TensorBoard reads the files of a folder one after the other, in the order
/// of their names.
public struct EventWriter: ~Copyable {
  /// The file.
  public var path: String { file.path }

  private var file: LogFile

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - folder: where it is created; made where it is missing.
  ///   - step: the step at which an earlier training is resumed, `nil` for a new one. What was
  ///     stored of later steps disappears from the curves.
  /// - Throws: `FileError` where folder or file cannot be made, and for a full disk.
  public init(folder: String, resumingAfter step: Int? = nil) throws(FileError) {
    try self.init(folder: folder, resumingAfter: step, at: Self.now())
  }

  init(folder: String, resumingAfter step: Int? = nil, at time: Double) throws(FileError) {
    try Folder.create(folder)
    var file = try LogFile(creating: Self.freePath(in: folder, at: time))
    var events = [TrainingEvent(wallTime: time, step: 0, content: .version("brain.Event:2"))]
    if let step {
      events.append(TrainingEvent(wallTime: time, step: step + 1, content: .restart))
    }
    try file.append(events.flatMap(\.record))
    self.file = file
  }

  /// Appends numbers of a step.
  ///
  /// They are with the system when the call returns: a process that is killed loses none.
  /// - Parameters:
  ///   - scalars: name and value; TensorBoard groups names by what stands before a slash, and stores
  ///     values in single precision.
  ///   - step: from 0.
  /// - Throws: `FileError` for a full disk and all else that the system refuses.
  public mutating func append(
    _ scalars: [(tag: String, value: Double)],
    step: Int
  ) throws(FileError) {
    try append(scalars, step: step, at: Self.now())
  }

  mutating func append(
    _ scalars: [(tag: String, value: Double)],
    step: Int,
    at time: Double
  ) throws(FileError) {
    let values = scalars.map { TrainingEvent.Scalar(tag: $0.tag, value: Float($0.value)) }
    let event = TrainingEvent(wallTime: time, step: step, content: .scalars(values))
    try file.append(event.record)
  }

  /// A name that no file has: two trainings may start within a second.
  private static func freePath(in folder: String, at time: Double) -> String {
    let second = String(Int(time))
    // TensorBoard sorts names as texts.
    let seconds = String(repeating: "0", count: max(10 - second.count, 0)) + second
    let start = "\(folder)/events.out.tfevents.\(seconds).\(hostName()).\(getpid())."
    let number = (0...).first { unsafe access("\(start)\($0)", F_OK) != 0 } ?? 0
    return "\(start)\(number)"
  }

  /// The machine's name, without what a file name cannot have.
  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let name = String(decoding: bytes, as: UTF8.self).map { $0 == "/" ? "-" : $0 }
    return name.isEmpty ? "localhost" : String(name)
  }

  /// Seconds since 1970.
  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
