internal import Glibc

/// Zeroed memory that is freed with its owner.
// @unchecked Sendable because whoever shares it has finished writing: see ``SharedArray``.
@safe
final class OwnedMemory: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  private static let hugePage = 2 << 20

  /// Allocates `byteCount` zeroed bytes.
  ///
  /// From 2 MiB on the memory is aligned to a huge page and the system is asked for huge pages,
  /// which spares address translations in random access.
  init(byteCount: Int) {
    let large = byteCount >= Self.hugePage
    let alignment = large ? Self.hugePage : 64
    let size = max(byteCount, 1)
    let start = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
    if large { _ = unsafe madvise(start, size, MADV_HUGEPAGE) }
    unsafe memset(start, 0, size)
    unsafe bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  deinit { unsafe bytes.baseAddress?.deallocate() }
}
