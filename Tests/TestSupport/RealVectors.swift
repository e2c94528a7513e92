/// A small slice of real vectors that ships with the tests: 50-d GloVe.
public enum RealVectors {
  /// The folder with the data files.
  public static let folder =
    String(#filePath.dropLast("TestSupport/RealVectors.swift".count)) + "Data"
  /// 4,000 base vectors, `[4000, 50]` f16.
  public static let base = folder + "/glove-50.base.npy"
  /// 200 held-out queries, `[200, 50]` f16.
  public static let queries = folder + "/glove-50.queries.npy"
}
