internal import FaissIndexes
internal import FlatIndex
internal import GraphIndex
@_exported public import IndexStore
@_exported public import VectorCore

/// Every backend, in the order in which they are listed: to add a backend, add a line.
public let backends: [any IndexBackend.Type] = [
  FlatBackend.self,
  HNSWBackend.self,
  FaissFlatBackend.self,
  FaissIVFPQBackend.self,
  FaissHNSWBackend.self,
]
