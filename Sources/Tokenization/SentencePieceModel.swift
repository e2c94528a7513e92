internal import CSentencePiece
internal import VectorCore

/// A model that the SentencePiece library has opened.
///
/// Transformers' *slow* tokenizers are built on it. Its ids equal the fast ones on ordinary text;
/// where normalization is unusual (compatibility characters with marks, controls) they differ, since
/// the library looks for the longest entry of its map and Hugging Face for the shortest, by clusters.
// @unchecked Sendable because the library's encoding is const and may run concurrently.
final class SentencePieceModel: @unchecked Sendable {
  private let handle: Handle

  /// The owner of a model in C.
  @safe
  private struct Handle: ~Copyable {
    let pointer: OpaquePointer

    deinit { unsafe csp_free(pointer) }
  }

  /// Opens a model.
  ///
  /// - Throws: ``FileError`` where the library refuses the file, and where this build has no library.
  init(path: String) throws(FileError) {
    let bytes = try readFile(path)
    var made: OpaquePointer?
    let status = unsafe csp_open(bytes, bytes.count, &made)
    guard status != CSP_UNAVAILABLE else {
      throw FileError(
        .usage,
        path: path,
        reason: "needs the SentencePiece library, which this build lacks",
        remedy: "install libsentencepiece-dev and build with --traits SentencePiece, "
          + "or use the unigram engine 'native'"
      )
    }
    guard let made = unsafe made, status == CSP_OK else {
      throw FileError(
        .badData,
        path: path,
        reason: "SentencePiece: \(unsafe String(cString: csp_message()))",
        remedy: "get the file again"
      )
    }
    handle = unsafe Handle(pointer: made)
  }

  /// Appends the ids of a text.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8, not normalized.
  ///   - ids: gets the ids.
  /// - Throws: ``TokenizationError/library(message:)`` where memory is missing.
  func encode(_ text: Span<UInt8>, into ids: inout [Int32]) throws(TokenizationError) {
    var bytes: [CChar] = []
    bytes.reserveCapacity(text.count)
    for place in text.indices { bytes.append(CChar(bitPattern: text[place])) }
    // Normalization can make a text longer, so that the first room may be too small.
    var room = bytes.count + 8
    while true {
      var found = [Int32](repeating: 0, count: room)
      var count = 0
      let status = unsafe csp_encode(
        handle.pointer,
        bytes,
        bytes.count,
        &found,
        found.count,
        &count
      )
      guard status == CSP_OK else {
        throw .library(message: unsafe String(cString: csp_message()))
      }
      if count <= room {
        ids.append(contentsOf: found.prefix(count))
        return
      }
      room = count
    }
  }
}
