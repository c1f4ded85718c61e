import Graphics

/// Words with the places where hyphens may divide them.
struct DividedWords {
  /// A place in a word: in one of its pieces, before a byte of its text.
  struct Cut {
    let piece: Int
    let byte: Int
  }

  /// A stretch of a word up to a cut, nil for the word's end.
  private struct Fragment {
    let word: Int
    let cut: Cut?
  }

  /// For the breaker: one for each fragment.
  private(set) var boxes: [LineBreaker.Box] = []
  private var fragments: [Fragment] = []
  private let words: [WordSplitter.Word]
  private let cache: LayoutCache

  /// - Parameter family: what is set in another, such as code, is not divided.
  init(
    _ words: [WordSplitter.Word], family: String, _ hyphenator: Hyphenator, _ cache: LayoutCache
  ) {
    (self.words, self.cache) = (words, cache)
    var isAfterHyphen = false
    for (index, word) in words.enumerated() {
      var x = 0.0
      for cut in isAfterHyphen ? [] : Self.cuts(word, family, hyphenator) {
        let piece = word.pieces[cut.piece]
        let reach =
          word.pieces[..<cut.piece].reduce(0) { $0 + $1.width }
          + piece.layout.advance(toByte: cut.byte)
        fragments.append(Fragment(word: index, cut: cut))
        boxes.append(
          LineBreaker.Box(
            width: reach - x, space: 0, penalty: 50, hyphen: cache.width("-", piece.style)))
        x = reach
      }
      fragments.append(Fragment(word: index, cut: nil))
      var box = word.box
      box.width -= x
      boxes.append(box)
      isAfterHyphen = box.space == 0 && box.penalty > 0
    }
  }

  private static func cuts(
    _ word: WordSplitter.Word, _ family: String, _ hyphenator: Hyphenator
  ) -> [Cut] {
    let wordy = word.pieces.indices.filter { word.pieces[$0].text.contains(where: \.isLetter) }
    guard wordy.count == 1, let piece = wordy.first else { return [] }
    let style = word.pieces[piece].style
    guard style.family == family, style.rise == 0 else { return [] }
    return hyphenator.places(in: word.pieces[piece].text).map { Cut(piece: piece, byte: $0) }
  }

  /// The words of a line of fragments, the first and the last of them divided where the line is.
  func words(_ line: Range<Int>) -> [WordSplitter.Word] {
    guard let first = fragments[line].first, let last = fragments[line].last else { return [] }
    let start = line.lowerBound > 0 ? fragments[line.lowerBound - 1].cut : nil
    return (first.word...last.word).map { index in
      let from = index == first.word ? start : nil
      let to = index == last.word ? last.cut : nil
      return from == nil && to == nil ? words[index] : words[index].part(from, to, cache)
    }
  }
}

extension WordSplitter.Word {
  /// The word from a cut to another, with a hyphen at the latter; nil for its start and end.
  fileprivate func part(
    _ from: DividedWords.Cut?, _ to: DividedWords.Cut?, _ cache: LayoutCache
  ) -> WordSplitter.Word {
    let (first, last) = (from?.piece ?? 0, to?.piece ?? pieces.count - 1)
    func place(_ cut: DividedWords.Cut) -> Int {
      bytes.lowerBound + pieces[..<cut.piece].reduce(cut.byte) { $0 + $1.text.utf8.count }
    }
    let (start, end) = (from.map(place) ?? bytes.lowerBound, to.map(place) ?? bytes.upperBound)
    var part = WordSplitter.Word(bytes: start..<end)
    for index in first...last {
      let piece = pieces[index]
      let text = Array(piece.text.utf8)
      let lower = index == first ? from?.byte ?? 0 : 0
      let upper = index == last ? to?.byte ?? text.count : text.count
      let rest = String(decoding: text[lower..<upper], as: UTF8.self)
      part.add(rest + (index == last && to != nil ? "-" : ""), like: piece, cache)
    }
    if to == nil {
      part.box.space = box.space
      part.box.endsLine = box.endsLine
    }
    return part
  }

  private mutating func add(
    _ text: String, like piece: WordSplitter.Piece, _ cache: LayoutCache
  ) {
    let layout = cache.layout(text, piece.style)
    pieces.append(
      WordSplitter.Piece(
        text: text, style: piece.style, layout: layout, width: layout.size.width, link: piece.link))
    box.width += layout.size.width
  }
}
