import CXML

/// The elements of an XML file in order, read by libxml2 without network, entities or DTDs.
enum XMLElements {
  struct Element {
    let name: String
    let attributes: [String: String]
    /// 1-based.
    let line: Int
  }

  /// Calls `start` at each opening tag and `end` at each closing one (also of `<a/>`).
  ///
  /// - Throws: `FaceDataError` `.brokenLabels` with the line where the XML is not well formed, and
  ///   what the closures throw.
  static func walk(
    _ bytes: [UInt8], path: String, start: (Element) throws -> Void, end: (String) throws -> Void
  ) throws {
    let options = Int32(
      bitPattern: XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
        | XML_PARSE_NOWARNING.rawValue)
    // The reader keeps no copy: the bytes must outlive it.
    try bytes.withUnsafeBytes { buffer in
      let text = buffer.bindMemory(to: CChar.self).baseAddress
      guard let count = Int32(exactly: buffer.count),
        let reader = xmlReaderForMemory(text, count, nil, nil, options)
      else { throw FaceDataError(.brokenLabels, "no XML", path: path) }
      defer { xmlFreeTextReader(reader) }
      var status = xmlTextReaderRead(reader)
      while status == 1 {
        try visit(reader, start: start, end: end)
        status = xmlTextReaderRead(reader)
      }
      guard status == 0 else { throw broken(reader, path) }
    }
  }

  private static func visit(
    _ reader: xmlTextReaderPtr, start: (Element) throws -> Void, end: (String) throws -> Void
  ) throws {
    let type = xmlTextReaderNodeType(reader)
    let isStart = type == Int32(XML_READER_TYPE_ELEMENT.rawValue)
    guard isStart || type == Int32(XML_READER_TYPE_END_ELEMENT.rawValue) else { return }
    let name = string(xmlTextReaderConstName(reader))
    let isEmpty = xmlTextReaderIsEmptyElement(reader) == 1
    if isStart {
      let line = Int(xmlTextReaderGetParserLineNumber(reader))
      try start(Element(name: name, attributes: attributes(reader), line: line))
    }
    if !isStart || isEmpty { try end(name) }
  }

  private static func attributes(_ reader: xmlTextReaderPtr) -> [String: String] {
    var attributes: [String: String] = [:]
    while xmlTextReaderMoveToNextAttribute(reader) == 1 {
      attributes[string(xmlTextReaderConstName(reader))] = string(xmlTextReaderConstValue(reader))
    }
    _ = xmlTextReaderMoveToElement(reader)
    return attributes
  }

  private static func string(_ text: UnsafePointer<xmlChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }

  private static func broken(_ reader: xmlTextReaderPtr, _ path: String) -> FaceDataError {
    let line = Int(xmlTextReaderGetParserLineNumber(reader))
    return FaceDataError(
      .brokenLabels, "the XML is not well formed; mend the file", path: path,
      line: line > 0 ? line : nil)
  }
}
