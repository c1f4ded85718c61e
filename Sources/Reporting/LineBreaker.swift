/// Breaks a paragraph into lines as a whole: the lines together look best, not each as it comes.
///
/// Every sequence of breaks has demerits, the sum over its lines of (10 + badness)², badness being
/// 100 |r|³ for a line whose spaces are stretched or shrunk by the ratio r; the least is chosen.
/// - Source: Knuth and Plass, "Breaking paragraphs into lines", 1981. Differs: no fitness classes; ragged
///   lines may be as short as they like, at a cost; a line that would be stretched too far stays short.
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
    /// What a break after it adds to the line: the width of a hyphen where a word is divided.
    var hyphen = 0.0
  }

  var width: Double
  /// Whether spaces are stretched to fill the line.
  var isJustified: Bool

  /// How far a space stretches and shrinks before a line is bad, as shares of it.
  static let (stretch, shrink) = (0.6, 0.28)
  /// Beyond it gaps and rivers show more than an uneven edge.
  static let mostStretch = 1.4
  /// How short a ragged line may be, as a share of the width, before words are divided.
  static let mostRagged = 0.17
  /// The demerits of two lines in a row that end in hyphens, and of a divided word in the last line:
  /// TeX's \doublehyphendemerits and \finalhyphendemerits.
  private static let (twoHyphens, lastHyphen) = (10_000.0, 5_000.0)

  /// The lines as ranges of boxes. Boxes wider than the line stand alone and stick out.
  func lines(_ boxes: [Box]) -> [Range<Int>] {
    guard !boxes.isEmpty else { return [] }
    // best[k]: least demerits of lines that end before box k, and where the last begins.
    var best = [(cost: Double, start: Int)](repeating: (.infinity, 0), count: boxes.count + 1)
    best[0].cost = 0
    for end in 1...boxes.count {
      let isLast = end == boxes.count || boxes[end - 1].endsLine
      let second = boxes[end - 1].hyphen > 0 ? Self.twoHyphens : isLast ? Self.lastHyphen : 0
      var natural = 0.0
      var spaces = 0.0
      var start = end - 1
      while true {
        natural += boxes[start].width
        let cost =
          best[start].cost + (isAfterHyphen(start, boxes) ? second : 0)
          + demerits(natural + boxes[end - 1].hyphen, spaces, isLast, boxes[end - 1].penalty)
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

  private func isAfterHyphen(_ start: Int, _ boxes: [Box]) -> Bool {
    start > 0 && boxes[start - 1].hyphen > 0
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
  ///
  /// - Parameters: natural: the line's width with spaces as they are; spaces: the sum of theirs.
  func stretch(natural: Double, spaces: Double, isLast: Bool) -> Double {
    guard isJustified, spaces > 0 else { return 0 }
    let share = (width - natural) / spaces
    if share < 0 { return max(share, -Self.shrink) }
    return isLast ? 0 : share > Self.mostStretch ? Self.stretch : share
  }

  /// Whether no line of these is stretched or shrunk beyond what looks well, TeX's \pretolerance, or
  /// ends far from the edge where they are ragged.
  func isGood(_ lines: [Range<Int>], _ boxes: [Box]) -> Bool {
    lines.allSatisfy { range in
      let line = boxes[range]
      guard let last = line.last, !last.endsLine else { return true }
      let spaces = line.dropLast().reduce(0) { $0 + $1.space }
      let room = width - spaces - line.reduce(0) { $0 + $1.width }
      guard isJustified else { return room >= -0.001 && room <= width * Self.mostRagged }
      return room >= -spaces * Self.shrink - 0.001 && room <= spaces * Self.stretch
    }
  }
}
