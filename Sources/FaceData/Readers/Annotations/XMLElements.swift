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
    let xml = try DataLibraries.xml.get().functions
    // The reader keeps no copy: the bytes must outlive it.
    try bytes.withUnsafeBytes { buffer in
      let text = buffer.bindMemory(to: CChar.self).baseAddress
      guard let count = Int32(exactly: buffer.count),
        let reader = xml.pointee.xmlReaderForMemory(
          text, count, nil, nil, Int32(ft_xml_quiet_options))
      else { throw FaceDataError(.brokenLabels, "no XML", path: path) }
      defer { xml.pointee.xmlFreeTextReader(reader) }
      var status = xml.pointee.xmlTextReaderRead(reader)
      while status == 1 {
        try visit(xml, reader, start: start, end: end)
        status = xml.pointee.xmlTextReaderRead(reader)
      }
      guard status == 0 else { throw broken(xml, reader, path) }
    }
  }

  private static func visit(
    _ xml: UnsafePointer<ft_xml>, _ reader: OpaquePointer, start: (Element) throws -> Void,
    end: (String) throws -> Void
  ) throws {
    let type = xml.pointee.xmlTextReaderNodeType(reader)
    let isStart = type == Int32(ft_xml_element)
    guard isStart || type == Int32(ft_xml_end_element) else { return }
    let name = string(xml.pointee.xmlTextReaderConstName(reader))
    let isEmpty = xml.pointee.xmlTextReaderIsEmptyElement(reader) == 1
    if isStart {
      let line = Int(xml.pointee.xmlTextReaderGetParserLineNumber(reader))
      try start(Element(name: name, attributes: attributes(xml, reader), line: line))
    }
    if !isStart || isEmpty { try end(name) }
  }

  private static func attributes(_ xml: UnsafePointer<ft_xml>, _ reader: OpaquePointer) -> [String:
    String]
  {
    var attributes: [String: String] = [:]
    while xml.pointee.xmlTextReaderMoveToNextAttribute(reader) == 1 {
      attributes[string(xml.pointee.xmlTextReaderConstName(reader))] = string(
        xml.pointee.xmlTextReaderConstValue(reader))
    }
    _ = xml.pointee.xmlTextReaderMoveToElement(reader)
    return attributes
  }

  private static func string(_ text: UnsafePointer<UInt8>?) -> String {
    text.map { String(cString: $0) } ?? ""
  }

  private static func broken(_ xml: UnsafePointer<ft_xml>, _ reader: OpaquePointer, _ path: String)
    -> FaceDataError
  {
    let line = Int(xml.pointee.xmlTextReaderGetParserLineNumber(reader))
    return FaceDataError(
      .brokenLabels, "the XML is not well formed; mend the file", path: path,
      line: line > 0 ? line : nil)
  }
}
