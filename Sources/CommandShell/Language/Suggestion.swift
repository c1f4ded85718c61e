/// The one likely correction of a misspelt name.
enum Suggestion {
  /// The candidate nearest to a name, or nil where none is near enough: at most one edit for
  /// three letters, two up to seven, three beyond.
  ///
  /// Distance: insertions, deletions, substitutions and swaps of neighbours, each 1
  /// (optimal string alignment). A candidate that begins with the name counts as one edit.
  static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let allowed = name.count <= 3 ? 1 : name.count <= 7 ? 2 : 3
    var best: (distance: Int, name: String)?
    for candidate in candidates where candidate != name {
      let begins = name.count >= 3 && candidate.lowercased().hasPrefix(name.lowercased())
      let distance = begins ? 1 : editDistance(name.lowercased(), candidate.lowercased())
      guard distance <= allowed else { continue }
      if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true {
        best = (distance, candidate)
      }
    }
    return best?.name
  }

  /// Optimal string alignment distance. O(n·m) time; names are cut at 64 characters.
  static func editDistance(_ first: String, _ second: String) -> Int {
    let a = Array(first.prefix(64))
    let b = Array(second.prefix(64))
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1] + [Int](repeating: 0, count: b.count)
      for j in b.indices {
        row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
        }
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
