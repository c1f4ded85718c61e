/// The known name that was most likely meant by a misspelt one, for every "did you mean"; nil where
/// none is near enough: one edit, two from six letters on, three from nine on.
///
/// An edit is an insertion, deletion, substitution or a swap of neighbours, ignoring case. A name
/// that begins with the misspelt one counts as one edit away. Of equally near names the first in
/// the alphabet wins.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  let allowed = min(max(1, name.count / 3), 3)
  var best: (distance: Int, name: String)?
  for candidate in known where candidate != name {
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
func editDistance(_ first: String, _ second: String) -> Int {
  let (a, b) = (Array(first.prefix(64)), Array(second.prefix(64)))
  var beforePrevious = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1] + [Int](repeating: 0, count: b.count)
    for j in b.indices {
      let substituted = previous[j] + (a[i] == b[j] ? 0 : 1)
      current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, substituted)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        current[j + 1] = min(current[j + 1], beforePrevious[j - 1] + 1)
      }
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[b.count]
}
