internal import VectorCore

/// The section `post_processor` of a `tokenizer.json`: what stands around a sequence.
struct PostProcessorNode {
  private let node: JSONNode?

  init(_ node: JSONNode?) { self.node = node }

  /// The special tokens around one sequence.
  ///
  /// - Throws: ``FileError`` that names a processor which is broken or not supported.
  func template() throws(FileError) -> SequenceTemplate {
    guard let node else { return SequenceTemplate() }
    switch try node.type() {
    case "TemplateProcessing": return try template(node)
    case "BertProcessing", "RobertaProcessing":
      return SequenceTemplate(
        prefix: [try id(node.required("cls"))],
        suffix: [try id(node.required("sep"))]
      )
    // It moves offsets only.
    case "ByteLevel": return SequenceTemplate()
    case "Sequence":
      var whole = SequenceTemplate()
      for part in try node.required("processors").elements() {
        let template = try PostProcessorNode(part).template()
        whole.prefix = template.prefix + whole.prefix
        whole.suffix += template.suffix
      }
      return whole
    case let type:
      throw node.error(
        "the post_processor '\(type)' is not supported",
        remedy: "use a model of the BERT, RoBERTa or T5 family"
      )
    }
  }

  /// The id in a pair of token and id.
  private func id(_ node: JSONNode) throws(FileError) -> Int32 {
    let pair = try node.elements()
    guard pair.count == 2 else { throw node.error("is no pair of token and id") }
    return try pair[1].id()
  }

  private func template(_ node: JSONNode) throws(FileError) -> SequenceTemplate {
    let tokens = try node.required("special_tokens")
    var template = SequenceTemplate()
    var isBehind = false
    for part in try node.required("single").elements() {
      if part["Sequence"] != nil {
        guard !isBehind else { throw part.error("the sequence stands there twice") }
        isBehind = true
        continue
      }
      let name = try part.required("SpecialToken").required("id").text()
      for id in try tokens.required(name).required("ids").elements() {
        if isBehind {
          template.suffix.append(try id.id())
        } else {
          template.prefix.append(try id.id())
        }
      }
    }
    guard isBehind else { throw node.error("its template 'single' has no sequence") }
    return template
  }
}
