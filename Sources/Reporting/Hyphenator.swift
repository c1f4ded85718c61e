import CHyphen

/// Whether words of a language can be divided on this machine.
public enum Hyphenation {
  /// Where Debian's packages put the patterns.
  public static let folder = "/usr/share/hyphen"

  /// - Parameters: language: as BCP 47 has it: `en`, `de-AT`; folder: that of Hunspell's patterns.
  public static func isAvailable(
    for language: String, folder: String = Hyphenation.folder
  ) -> Bool {
    Hyphenator(language: language, folder: folder) != nil
  }
}

/// Where words may be divided, by Hunspell's libhyphen and the patterns that Debian has for a language
/// (`hyphen-en-us`, `hyphen-de` …), those that TeX uses.
final class Hyphenator {
  /// So many letters stay before and after a hyphen, as in TeX.
  private static let (before, after) = (2, 3)

  private let dictionary: UnsafeMutablePointer<HyphenDict>
  private var known: [String: [Int]] = [:]

  /// Nil where no patterns of the language are installed.
  ///
  /// - Parameter language: as BCP 47 has it: `en`, `de-AT`.
  init?(language: String, folder: String = Hyphenation.folder) {
    let parts = language.split(separator: "-").map(String.init)
    guard let name = parts.first?.lowercased(), parts.allSatisfy(\.isAlphanumeric) else {
      return nil
    }
    let region = parts.count > 1 ? "_" + parts[1].uppercased() : ""
    let files = [name + region, name, name + "_" + name.uppercased()].map {
      "\(folder)/hyph_\($0).dic"
    }
    guard let found = files.lazy.compactMap({ hnj_hyphen_load($0) }).first else { return nil }
    dictionary = found
    // Older files are in one of many other encodings.
    guard found.pointee.utf8 != 0 else {
      hnj_hyphen_free(found)
      return nil
    }
  }

  deinit { hnj_hyphen_free(dictionary) }

  /// After how many UTF-8 bytes a word may be divided, ascending; none for an acronym, a word of few
  /// letters, or what is not all letters but for marks about it.
  func places(in word: String) -> [Int] {
    if let found = known[word] { return found }
    let start = word.firstIndex(where: \.isLetter) ?? word.endIndex
    let letters = word[start...].prefix { $0.isLetter }
    let isWord =
      letters.count >= 5 && !word[letters.endIndex...].contains { $0.isLetter || $0.isNumber }
      && !word[..<start].contains(where: \.isNumber) && !word.contains("-")
      && !letters.dropFirst().contains(where: \.isUppercase)
    let offset = word[..<start].utf8.count
    let places = isWord ? divisions(of: letters).map { $0 + offset } : []
    known[word] = places
    return places
  }

  private func divisions(of letters: Substring) -> [Int] {
    let word = letters.lowercased()
    let length = word.utf8.count
    // A letter may be longer in lower case.
    guard length == letters.utf8.count else { return [] }
    var marks = [CChar](repeating: 0, count: length + 5)
    var replacements: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    var (positions, cuts): (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?)
    let status = hnj_hyphen_hyphenate3(
      dictionary, word, Int32(length), &marks, nil, &replacements, &positions, &cuts,
      Int32(Self.before), Int32(Self.after), Int32(Self.before), Int32(Self.after))
    defer {
      for index in 0..<length { free(replacements?[index]) }
      free(replacements)
      free(positions)
      free(cuts)
    }
    guard status == 0 else { return [] }
    var (places, bytes): ([Int], Int) = ([], 0)
    for (index, letter) in letters.enumerated() {
      bytes += letter.utf8.count
      // Odd: a hyphen may follow. One that changes letters (old German ck) is left out.
      if marks[index] & 1 == 1, replacements?[index] == nil { places.append(bytes) }
    }
    return places
  }
}

extension String {
  fileprivate var isAlphanumeric: Bool { allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
}
