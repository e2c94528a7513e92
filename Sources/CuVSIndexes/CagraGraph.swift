internal import IndexStore
internal import VectorCore

/// The links of a CAGRA index: as many for each row.
struct CagraGraph: Sendable {
  /// `[count, degree]`, each below the count.
  let links: SharedArray<UInt32>
  let degree: Int

  static let section = "links"
  private static let degreeName = "degree"

  /// Takes the links of a stored index, and checks them: the GPU would follow any.
  init(_ file: IndexFile, count: Int) throws {
    degree = try file.attribute(Self.degreeName, in: 1...CuVSCagraBackend.mostDegree)
    links = try file.array(Self.section, of: UInt32.self, count: count * degree)
    for place in 0..<links.count where links[place] >= count {
      throw file.corrupt(
        section: Self.section,
        place: "row \(place / degree)",
        reason: "links to \(links[place]), which is no row"
      )
    }
  }

  init(links: SharedArray<UInt32>, degree: Int) {
    self.links = links
    self.degree = degree
  }

  func store(in writer: inout IndexFileWriter) throws {
    writer.attributes[Self.degreeName] = degree
    try writer.write(Self.section, links)
  }
}
