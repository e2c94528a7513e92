internal import ClusterIndex
internal import CuVSIndexes
internal import FaissIndexes
@_exported public import Filtering
internal import FlatIndex
internal import GraphIndex
@_exported public import IndexStore
@_exported public import VectorCore

/// Every backend that works without a GPU, in the order in which they are listed: to add a backend, add a line.
public let backends: [any IndexBackend.Type] = [
  FlatBackend.self,
  HNSWBackend.self,
  IVFBackend.self,
  FaissFlatBackend.self,
  FaissIVFPQBackend.self,
  FaissHNSWBackend.self,
]

/// The backends that search on an NVIDIA GPU, and need cuVS there.
public let gpuBackends: [any IndexBackend.Type] = [
  CuVSFlatBackend.self,
  CuVSCagraBackend.self,
  CuVSIVFPQBackend.self,
]

/// The backend of a name, as "hnsw".
///
/// - Throws: ``VectorCore/IndexError/unknownBackend(name:known:)``.
public func backend(named name: String) throws(IndexError) -> any IndexBackend.Type {
  let all = backends + gpuBackends
  guard let found = all.first(where: { $0.name == name }) else {
    throw .unknownBackend(name: name, known: all.map { $0.name })
  }
  return found
}
