internal import CxxHash

/// XXH3, 64 bits, seed 0: the checksum of every part of an index file.
package enum Checksum {
  /// The checksum of some bytes.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    unsafe XXH3_64bits(bytes.baseAddress, bytes.count)
  }

  /// The checksum of some bytes.
  package static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    unsafe Array(bytes).withUnsafeBytes { unsafe of($0) }
  }
}

/// A checksum of bytes that come in pieces.
@safe
package struct RunningChecksum: ~Copyable {
  private let state: OpaquePointer

  /// The checksum of no bytes yet.
  package init() {
    guard let state = unsafe XXH3_createState() else {
      preconditionFailure("no memory for the state of a checksum")
    }
    unsafe self.state = state
    unsafe XXH3_64bits_reset(state)
  }

  deinit { unsafe XXH3_freeState(state) }

  /// Adds bytes to what is summed.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
  }

  /// The checksum of all bytes so far.
  package var value: UInt64 { unsafe XXH3_64bits_digest(state) }
}
