internal import VectorCore
