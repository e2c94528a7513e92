internal import ArgumentParser

/// A pipeline that comes with the program.
enum PipelinePreset: String, ExpressibleByArgument, CaseIterable {
  /// The MS MARCO document's steps with its numbers.
  case msmarco
  /// The same steps for the reverse dictionary, on a model that is trained already.
  case revdict

  /// The pipeline's file.
  var text: String {
    switch self {
    case .msmarco: Self.msmarcoText
    case .revdict: Self.revdictText
    }
  }
}
