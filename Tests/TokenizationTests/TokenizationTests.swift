import Testing

@testable import Tokenization

@Suite struct TokenizationTests {}
