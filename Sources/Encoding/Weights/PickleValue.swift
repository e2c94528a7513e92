/// A value that a pickle builds; parts are places in the machine's list of values.
///
/// Places instead of references: a hostile pickle can nest values a million deep or into
/// themselves, which then costs neither stack nor leaks.
enum PickleValue {
  case none
  case boolean(Bool)
  case integer(Int)
  /// Numbers and bytes that no state dict asks about.
  case other
  case text(String)
  case tuple([Int])
  case list([Int])
  case dictionary([Entry])
  case global(PickleGlobal)
  case storage(Storage)
  case tensor(Tensor)

  /// A key and its value.
  struct Entry {
    let key: Int
    let value: Int
  }

  /// A block of elements that stands outside the pickle, under a key.
  struct Storage {
    let key: String
    let element: WeightElement
    /// The number of elements.
    let count: Int
  }

  /// A view of a storage.
  struct Tensor {
    let storage: Storage
    /// The storage's element at which the tensor begins.
    let offset: Int
    let shape: [Int]
    let strides: [Int]

    /// Whether the elements lie row by row without gaps.
    var isContiguous: Bool {
      guard !shape.contains(0) else { return true }
      var expected = 1
      for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
        let (next, overflow) = expected.multipliedReportingOverflow(by: extent)
        guard stride == expected, !overflow else { return false }
        expected = next
      }
      return true
    }
  }
}
