import Testing

@testable import Encoding

@Suite struct EncodingTests {}
