/// The names that a pickled state dict refers to; nothing else is admitted.
///
/// A pickle is a program: it names functions of Python and calls them. These few are known to
/// build data only, and are imitated here; every other name is refused before it does anything.
enum PickleGlobal: Equatable {
  /// `collections.OrderedDict()`.
  case orderedDictionary
  /// `torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, …)`.
  case rebuildTensor
  /// `torch._utils._rebuild_parameter(tensor, requires_grad, hooks)`.
  case rebuildParameter
  /// The type of a storage, which only persistent ids mention.
  case storage(WeightElement)

  /// Recognizes a name such as `torch._utils._rebuild_tensor_v2`.
  init?(_ name: String) {
    switch name {
    case "collections.OrderedDict": self = .orderedDictionary
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2": self = .rebuildTensor
    case "torch._utils._rebuild_parameter": self = .rebuildParameter
    default:
      guard let element = Self.storages[name] else { return nil }
      self = .storage(element)
    }
  }

  private static let storages: [String: WeightElement] = [
    "torch.DoubleStorage": .float64, "torch.FloatStorage": .float32,
    "torch.HalfStorage": .float16, "torch.BFloat16Storage": .bfloat16,
    "torch.LongStorage": .int64, "torch.IntStorage": .int32, "torch.ShortStorage": .int16,
    "torch.CharStorage": .int8, "torch.ByteStorage": .uint8, "torch.BoolStorage": .boolean,
  ]
}
