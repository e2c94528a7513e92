import Testing

@testable import Torch

@Suite struct TorchTests {}
