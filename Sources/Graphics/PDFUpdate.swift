/// What Cairo 1.16 leaves out of a PDF, appended to it as an incremental update: the language,
/// figures' alternative texts, that readers show the title, XMP metadata and the file's identifier;
/// and the strokes that were kept from Cairo.
///
/// Cairo writes objects uncompressed and one classic table of offsets, which is all that is read.
/// - Source: ISO 32000-1, 7.5.6 (incremental updates), 7.7.2, 12.2, 14.3.2, 14.4, 14.9.
struct PDFUpdate {
  private let bytes: [UInt8]
  private let offsets: [Int: Int]
  private let tableOffset: Int
  private let size: Int
  private let root: Int
  private let info: Int

  /// Nil where the bytes are no PDF as Cairo writes it.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    guard let mark = Self.last("startxref", in: bytes),
      let table = Self.number(in: bytes, at: mark + 9), table < bytes.count,
      let trailer = Self.last("trailer", in: bytes), trailer > table
    else { return nil }
    let words = Self.text(bytes[trailer..<mark])
    guard let size = Self.value(of: "/Size", in: words),
      let root = Self.value(of: "/Root", in: words), let info = Self.value(of: "/Info", in: words)
    else { return nil }
    (tableOffset, self.size, self.root, self.info) = (table, size, root, info)
    offsets = Self.offsets(bytes[table..<trailer])
  }

  /// The file with the update at its end; as it was where it has no catalogue.
  ///
  /// - Parameters: strokes: what the empty forms stand for, by number; alternatives: of the
  ///   figures in order of their tags.
  func applied(
    strokes: [DenseStroke], alternatives: [String], metadata: DocumentMetadata
  ) -> [UInt8] {
    guard let catalogue = dictionary(root) else { return bytes }
    var objects: [(number: Int, content: [UInt8])] = []
    for (form, number) in strokes.isEmpty ? [] : forms where strokes.indices.contains(number) {
      objects.append((form, strokes[number].object))
    }
    for (figure, words) in zip(figures, alternatives) where !words.isEmpty {
      guard let dictionary = dictionary(figure) else { continue }
      let text = Self.adding("/Alt \(Self.string(words))", to: dictionary)
      objects.append((figure, Array(text.utf8)))
    }
    let extras =
      "/Lang \(Self.string(metadata.language))\n"
      + "   /ViewerPreferences << /DisplayDocTitle true >>\n   /Metadata \(size) 0 R"
    objects.append((root, Array(Self.adding(extras, to: catalogue).utf8)))
    let packet = Self.packet(metadata)
    let head = "<< /Type /Metadata\n   /Subtype /XML\n   /Length \(packet.utf8.count)\n>>\nstream\n"
    objects.append((size, Array((head + packet + "\nendstream").utf8)))
    return appended(objects)
  }

  private func appended(_ objects: [(number: Int, content: [UInt8])]) -> [UInt8] {
    var result = bytes
    if result.last != UInt8(ascii: "\n") { result.append(UInt8(ascii: "\n")) }
    var places: [(number: Int, offset: Int)] = []
    for object in objects {
      places.append((object.number, result.count))
      result += Array("\(object.number) 0 obj\n".utf8)
      result += object.content
      result += Array("\nendobj\n".utf8)
    }
    let start = result.count
    var table = "xref\n"
    for place in places.sorted(by: { $0.number < $1.number }) {
      let digits = String(place.offset)
      table += "\(place.number) 1\n"
      table += String(repeating: "0", count: max(0, 10 - digits.count)) + digits + " 00000 n \n"
    }
    let identifier = Self.identifier(result)
    table += "trailer\n<< /Size \(size + 1)\n   /Root \(root) 0 R\n   /Info \(info) 0 R\n"
    table += "   /Prev \(tableOffset)\n   /ID [<\(identifier)> <\(identifier)>]\n>>\n"
    table += "startxref\n\(start)\n%%EOF\n"
    return result + Array(table.utf8)
  }

  // MARK: Reading

  /// The structure elements of figures: objects are numbered in the order of the tags.
  private var figures: [Int] {
    let (element, kind) = (Array("/Type /StructElem".utf8), Array("/S /Figure\n".utf8))
    return offsets.keys.sorted().filter { number in
      let head = head(number)
      return head.place(of: element) != nil && head.place(of: kind) != nil
    }
  }

  /// The forms that dense strokes fill, and these strokes' numbers.
  private var forms: [(object: Int, number: Int)] {
    offsets.keys.sorted().compactMap { object in
      DenseStroke.number(ofDictionary: head(object)).map { (object, $0) }
    }
  }

  /// How an object begins; of a short one all, and nothing of the next.
  private func head(_ number: Int) -> ArraySlice<UInt8> {
    guard let offset = offsets[number], offset < bytes.count else { return [] }
    let start = bytes[offset...].prefix(140)
    return start.place(of: Array("endobj".utf8)).map { start[..<$0] } ?? start
  }

  /// The text of an object's dictionary, from `<<` to the `>>` before `endobj`.
  private func dictionary(_ number: Int) -> String? {
    guard let offset = offsets[number], offset < bytes.count else { return nil }
    let rest = bytes[offset...]
    guard let start = Self.first("<<", in: rest), let end = Self.first("endobj", in: rest[start...])
    else { return nil }
    return Self.text(rest[start..<end])
  }

  private static func offsets(_ table: ArraySlice<UInt8>) -> [Int: Int] {
    var found: [Int: Int] = [:]
    var next = 0
    for line in table.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let words = line.split(separator: UInt8(ascii: " "))
      if words.count == 2, let first = number(in: words[0]) { next = first }
      guard words.count >= 3 else { continue }
      if words[2].first == UInt8(ascii: "n"), let offset = number(in: words[0]) {
        found[next] = offset
      }
      next += 1
    }
    return found
  }

  private static func adding(_ entries: String, to dictionary: String) -> String {
    var body = dictionary
    while let last = body.last, last != ">" { body.removeLast() }
    return String(body.dropLast(2)) + "   " + entries + "\n>>"
  }

  private static func value(of key: String, in words: String) -> Int? {
    let parts = words.split { $0 == " " || $0 == "\n" }
    guard let index = parts.firstIndex(where: { $0 == key }), index + 1 < parts.count else {
      return nil
    }
    return Int(parts[index + 1])
  }

  private static func number(in bytes: [UInt8], at start: Int) -> Int? {
    let digits = bytes[min(start, bytes.count)...].drop { $0 == 10 || $0 == 13 || $0 == 32 }
      .prefix { (48...57).contains($0) }
    return Int(text(digits))
  }

  private static func number(in digits: ArraySlice<UInt8>) -> Int? {
    digits.allSatisfy { (48...57).contains($0) }
      ? digits.reduce(0) { ($0 &* 10) &+ Int($1) &- 48 } : nil
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    // Latin-1, so that no byte is lost.
    var result = String.UnicodeScalarView()
    for byte in bytes { result.append(Unicode.Scalar(byte)) }
    return String(result)
  }

  private static func first(_ word: String, in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.place(of: Array(word.utf8))
  }

  private static func last(_ word: String, in bytes: [UInt8]) -> Int? {
    let word = Array(word.utf8)
    return bytes.indices.last { bytes[$0] == word[0] && bytes[$0...].starts(with: word) }
  }

  // MARK: Writing

  /// A text string in hexadecimal UTF-16BE, which needs no escapes.
  static func string(_ text: String) -> String {
    let units = Array(text.sanitizedForDisplay.utf16)
    return "<FEFF" + units.map { hexadecimal(UInt64($0), digits: 4) }.joined() + ">"
  }

  private static func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// 128 bits of the content: the same file has the same identifier.
  private static func identifier(_ bytes: [UInt8]) -> String {
    var (first, second): (UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 0x9E37_79B9_7F4A_7C15)
    for byte in bytes {
      first = (first ^ UInt64(byte)) &* 0x100_0000_01B3
      second = (second ^ UInt64(byte)) &* 0xD6E8_FEB8_6659_FD93
    }
    return hexadecimal(first, digits: 16) + hexadecimal(second, digits: 16)
  }

  /// XMP with the same words as the Info dictionary.
  private static func packet(_ metadata: DocumentMetadata) -> String {
    let (language, date) = (metadata.language, metadata.date)
    func alternative(_ name: String, _ text: String) -> String {
      text.isEmpty
        ? ""
        : "<dc:\(name)><rdf:Alt><rdf:li xml:lang=\"x-default\">\(escaped(text))</rdf:li></rdf:Alt>"
          + "</dc:\(name)>\n"
    }
    let author =
      metadata.author.isEmpty
      ? ""
      : "<dc:creator><rdf:Seq><rdf:li>\(escaped(metadata.author))</rdf:li></rdf:Seq></dc:creator>\n"
    return """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
       xmlns:xmp="http://ns.adobe.com/xap/1.0/">
      <dc:format>application/pdf</dc:format>
      \(alternative("title", metadata.title))\(author)\(alternative("description", metadata.subject))\
      <dc:language><rdf:Bag><rdf:li>\(escaped(language))</rdf:li></rdf:Bag></dc:language>
      <xmp:CreatorTool>\(escaped(metadata.creator))</xmp:CreatorTool>
      <xmp:CreateDate>\(date)Z</xmp:CreateDate>
      <xmp:ModifyDate>\(date)Z</xmp:ModifyDate>
      </rdf:Description>
      </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="r"?>
      """
  }

  private static func escaped(_ text: String) -> String {
    text.sanitizedForDisplay.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;")
  }
}

extension ArraySlice<UInt8> {
  /// Where a word begins that is not empty. The standard library's search takes twenty times as long.
  func place(of word: [UInt8]) -> Int? {
    guard count >= word.count else { return nil }
    return (startIndex...endIndex - word.count).first { start in
      word.indices.allSatisfy { self[start + $0] == word[$0] }
    }
  }
}
