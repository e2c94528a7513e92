import FaissIndexes
import Testing
import VectorCore

@Suite struct FaissErrorTests {
  @Test func describesOperationAndMessage() {
    let error = FaissError(operation: "add", code: .refused, message: "is_trained failed")
    #expect(error.description == "faiss: add: is_trained failed")
    #expect(error.kind == .internal)
  }

  @Test func vectorsTooLongAreBadData() {
    #expect(FaissError(operation: "read x", code: .tooLong, message: "").kind == .badData)
  }
}
