internal import IndexStore
internal import VectorCore

/// What the indexes of faiss have in common: they are serialized whole to be stored, and copied out
/// of the mapped file to be searched.
struct FaissMemory {
  /// What the index holds, which is also what its one section holds.
  let held: [BuildMemory.Part]
  /// What is computed anew beside it, and not stored.
  var tables: [BuildMemory.Part] = []
  /// What the construction needs beside the index, and frees before it is stored.
  let building: [BuildMemory.Part]
  /// What would need less.
  let remedy: String

  /// The estimate.
  var memory: BuildMemory {
    let size = held.bytes
    let copy = [BuildMemory.Part("the same, serialized", size)]
    return BuildMemory(
      sections: [BuildMemory.Part(FaissIndex.section, size + 256)],
      peak: held + tables + (building.bytes > size ? building : copy),
      search: held + tables + [BuildMemory.Part("mapped file", size)],
      remedy: remedy
    )
  }
}
