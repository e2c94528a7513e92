internal import CTorchABI

/// The functions of an open libCTorch.
// @unchecked Sendable because the table is constant, and its library is never closed.
@safe
struct TorchFunctions: @unchecked Sendable {
  let table: UnsafePointer<ctorch_table>

  init(_ table: UnsafePointer<ctorch_table>) { unsafe self.table = unsafe table }
}
