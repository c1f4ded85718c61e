/// Stems for the files of samples, made of their ids: "a/b.jpg" gives "a/b".
///
/// A stem has no dot in its last part, because a shard's reader takes what follows for the suffix;
/// it never leads out of the folder, and no two samples get the same.
struct SampleKeys {
  private var used: Set<Int> = []

  mutating func key(for id: String) -> String {
    let stem = Self.stem(of: id)
    var (key, number) = (stem, 2)
    // Folders on some systems do not tell A from a.
    while !used.insert(StableHash.of(key.lowercased())).inserted {
      key = "\(stem)~\(number)"
      number += 1
    }
    return key
  }

  private static func stem(of id: String) -> String {
    let file = FolderListing.File(path: id, size: 0)
    let parts = (file.isPicture ? file.stem : id).split(separator: "/").map(sound)
    guard let last = parts.last else { return "_" }
    let name = last.replacing(".", with: "_")
    return (parts.dropLast() + [name.hasPrefix("__") ? "-" + name.dropFirst() : name])
      .joined(separator: "/")
  }

  private static func sound(_ part: Substring) -> String {
    let letters = part.unicodeScalars.map { $0.value < 32 ? "_" : $0 }
    let word = String(String.UnicodeScalarView(letters))
    return word.hasPrefix(".") ? "_" + word.dropFirst() : word
  }
}

/// A hash that is the same in every process and on every machine.
enum StableHash {
  /// FNV-1a over the text's UTF-8, with its bits mixed as SplitMix64 does.
  static func of(_ text: String) -> Int {
    var z = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: z ^ (z >> 31))
  }
}
