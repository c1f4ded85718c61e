/// Gives an SVG's parts names that depend on this drawing alone.
///
/// Cairo numbers surfaces and images through the life of the process (`surface37`), so the
/// second drawing of a process would differ from the first.
enum SVGNames {
  private static let prefixes = ["surface", "image", "source"].map { Array($0.utf8) }

  static func renumbered(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var numbers: [[UInt8]: Int] = [:]
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      result.append(byte)
      position += 1
      // A name stands after `id="`, `href="#` or `url(#`.
      guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#"),
        let (prefix, end) = name(in: bytes, at: position)
      else { continue }
      let old = Array(bytes[position..<end])
      let number = numbers[old] ?? numbers.count + 1
      numbers[old] = number
      result += prefix + Array("\(number)".utf8)
      position = end
    }
    return result
  }

  private static func name(in bytes: [UInt8], at start: Int) -> (prefix: [UInt8], end: Int)? {
    for prefix in prefixes where bytes[start...].starts(with: prefix) {
      var end = start + prefix.count
      while end < bytes.count, (48...57).contains(bytes[end]) { end += 1 }
      return end > start + prefix.count ? (prefix, end) : nil
    }
    return nil
  }
}
