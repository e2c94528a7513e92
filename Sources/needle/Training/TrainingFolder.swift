internal import Needletail

/// The folder that a training writes to.
enum TrainingFolder {
  /// Creates a folder for a new training, or makes sure of the one that goes on.
  ///
  /// - Throws: ``UsageError`` where it holds something that a new training would mix with;
  ///   ``VectorCore/FileError`` where it cannot be written to.
  static func open(_ path: String, resumes: Bool) throws {
    _ = try prepareFolder(path)
    guard try resumes || Folder.names(in: path).isEmpty else {
      throw UsageError(
        "\(path) is not empty; give --resume to go on with the training that is there, or another "
          + "folder"
      )
    }
  }
}
