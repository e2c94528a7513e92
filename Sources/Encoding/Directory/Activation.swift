/// The nonlinear function of a feed-forward layer, by the names that Hugging Face gives it.
enum Activation: String, Sendable, CaseIterable {
  /// x Φ(x), with the normal distribution's Φ.
  case gelu
  /// GELU with Φ approximated by a hyperbolic tangent.
  case geluNew = "gelu_new"
  /// The same approximation, by another name.
  case geluTanh = "gelu_pytorch_tanh"
  /// max(x, 0).
  case relu
}
