/// Breaks a paragraph into lines as a whole: the lines together look best, not each as it comes.
///
/// Every sequence of breaks has demerits, the sum over its lines of (10 + badness)², badness being
/// 100 |r|³ for a line whose spaces are stretched or shrunk by the ratio r; the least is chosen.
/// - Source: Knuth and Plass, "Breaking paragraphs into lines", 1981. Differs: no hyphenation, no
///   fitness classes; ragged lines may be as short as they like, at a cost.
struct LineBreaker {
  /// An unbreakable piece: a word, or a part of one between its hyphens.
  struct Box: Hashable {
    var width: Double
    /// The space after it where the line goes on; 0 within a word.
    var space: Double
    /// Whether the line must end after it.
    var endsLine = false
    /// What a break after it costs: 0 at a space, 50 at a hyphen.
    var penalty = 0.0
  }

  var width: Double
  /// Whether spaces are stretched to fill the line.
  var isJustified: Bool

  /// How far a space stretches and shrinks before a line is bad, as shares of it.
  static let (stretch, shrink) = (0.6, 0.28)

  /// The lines as ranges of boxes. Boxes wider than the line stand alone and stick out.
  func lines(_ boxes: [Box]) -> [Range<Int>] {
    guard !boxes.isEmpty else { return [] }
    // best[k]: least demerits of lines that end before box k, and where the last begins.
    var best = [(cost: Double, start: Int)](repeating: (.infinity, 0), count: boxes.count + 1)
    best[0].cost = 0
    for end in 1...boxes.count {
      let isLast = end == boxes.count || boxes[end - 1].endsLine
      var natural = 0.0
      var spaces = 0.0
      var start = end - 1
      while true {
        natural += boxes[start].width
        let cost = best[start].cost + demerits(natural, spaces, isLast, boxes[end - 1].penalty)
        if cost < best[end].cost || start == end - 1 && best[end].cost == .infinity {
          best[end] = (cost, start)
        }
        guard start > 0, !boxes[start - 1].endsLine else { break }
        start -= 1
        natural += boxes[start].space
        spaces += boxes[start].space
        if natural + boxes[start].width - spaces * Self.shrink > width { break }
      }
    }
    var lines: [Range<Int>] = []
    var end = boxes.count
    while end > 0 {
      lines.append(best[end].start..<end)
      end = best[end].start
    }
    return lines.reversed()
  }

  private func demerits(
    _ natural: Double, _ spaces: Double, _ isLast: Bool, _ penalty: Double
  ) -> Double {
    let room = width - natural
    var badness: Double
    if room < -0.001 {
      guard isJustified, spaces > 0, -room <= spaces * Self.shrink else { return 1e12 - room * 1e6 }
      badness = 100 * cube(room / (spaces * Self.shrink))
    } else if isLast {
      badness = 0
    } else if isJustified {
      badness = spaces > 0 ? 100 * cube(room / (spaces * Self.stretch)) : 1e5
    } else {
      badness = 1000 * (room / width) * (room / width)
    }
    badness = min(badness, 1e5) + 10 + (isLast ? 0 : penalty)
    return badness * badness
  }

  private func cube(_ value: Double) -> Double { abs(value * value * value) }

  /// By how much each space of a line grows, as a share of it.
  func stretch(of boxes: ArraySlice<Box>) -> Double {
    guard isJustified, let last = boxes.last else { return 0 }
    let spaces = boxes.dropLast().reduce(0) { $0 + $1.space }
    let room = width - spaces - boxes.reduce(0) { $0 + $1.width }
    guard spaces > 0 else { return 0 }
    return room < 0 ? max(room / spaces, -Self.shrink) : last.endsLine ? 0 : room / spaces
  }
}
