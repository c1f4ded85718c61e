import Graphics

/// A paragraph set in lines.
struct SetParagraph {
  struct Line {
    var pieces: [Piece] = []
    /// Where its text ends.
    var width = 0.0
    /// The numbers of the footnotes whose marks it has.
    var notes: [Int] = []
  }

  struct Piece {
    let layout: TextLayout
    var x: Double
    let link: LinkTarget?
  }

  private(set) var lines: [Line] = []
  private let hasLinks: Bool

  /// Breaks a text into lines no wider than `width`.
  ///
  /// - Parameters: divides: whether words may be divided where lines of whole ones look bad.
  init(
    _ text: RichText, width: Double, alignment: ParagraphStyle.Alignment = .left,
    justified: Bool = false, divides: Bool = false, cache: LayoutCache
  ) {
    hasLinks = text.runs.contains { $0.link != nil }
    var splitter = WordSplitter(width: width, cache: cache)
    for run in text.runs { splitter.add(run) }
    let words = splitter.finish()
    let breaker = LineBreaker(width: width, isJustified: justified && alignment == .left)
    let family = divides ? text.typography.settings.family : nil
    for words in Self.broken(words, breaker, dividing: family, cache) {
      var line = Self.line(words, breaker)
      line.notes = text.notes.filter { note in
        words.contains { $0.bytes.contains(note.end - 1) }
      }.map(\.number)
      let shift = Self.shift(alignment, room: width - line.width)
      for index in line.pieces.indices { line.pieces[index].x += shift }
      lines.append(line)
    }
  }

  /// The width of the widest line.
  var width: Double { lines.map(\.width).max() ?? 0 }

  private static func shift(_ alignment: ParagraphStyle.Alignment, room: Double) -> Double {
    switch alignment {
    case .left: 0
    case .centre: room / 2
    case .right: room
    }
  }

  /// The words of each line; those of a family are divided only where no lines of whole ones look
  /// well.
  private static func broken(
    _ words: [WordSplitter.Word], _ breaker: LineBreaker, dividing family: String?,
    _ cache: LayoutCache
  ) -> [[WordSplitter.Word]] {
    let boxes = words.map(\.box)
    let lines = breaker.lines(boxes)
    guard let family, !breaker.isGood(lines, boxes), let hyphenator = cache.hyphenator
    else { return lines.map { Array(words[$0]) } }
    let divided = DividedWords(words, family: family, hyphenator, cache)
    return breaker.lines(divided.boxes).map(divided.words)
  }

  private static func line(_ words: [WordSplitter.Word], _ breaker: LineBreaker) -> Line {
    let spaces = words.dropLast().reduce(0) { $0 + $1.box.space }
    let stretch = breaker.stretch(
      natural: words.reduce(spaces) { $0 + $1.box.width }, spaces: spaces,
      isLast: words.last?.box.endsLine ?? true)
    var line = Line()
    var x = 0.0
    for word in words {
      let space = word.box.space * (1 + stretch)
      for piece in word.pieces {
        line.pieces.append(Piece(layout: piece.layout, x: x, link: piece.link))
        x += piece.width
      }
      line.width = x
      x += space
    }
    return line
  }

  /// Draws a line with the paragraph's left edge and the line's baseline at a place.
  ///
  /// In a paragraph with links all text is in a part of the structure of its own: Cairo 1.16 marks
  /// only the text of parts that have no parts.
  func draw(line index: Int, on canvas: Canvas, x: Double, baseline: Double) {
    var rest = lines[index].pieces[...]
    while let first = rest.first {
      let run = rest.prefix { $0.link == first.link }
      rest = rest.dropFirst(run.count)
      let draw = {
        for piece in run {
          canvas.line(0, of: piece.layout, x: x + piece.x, baseline: baseline)
        }
      }
      if let link = first.link {
        canvas.link(to: link, draw)
      } else if hasLinks {
        canvas.tag(.span, draw)
      } else {
        draw()
      }
    }
  }
}

/// Cuts runs of text into words, and those where a line may end within them.
struct WordSplitter {
  struct Piece {
    let text: String
    let style: TextStyle
    let layout: TextLayout
    let width: Double
    let link: LinkTarget?
  }

  struct Word {
    var pieces: [Piece] = []
    var box = LineBreaker.Box(width: 0, space: 0)
    /// Which bytes of the text it holds.
    var bytes: Range<Int>
  }

  let width: Double
  let cache: LayoutCache
  private var words: [Word] = []
  private var current: Word?
  private var offset = 0

  init(width: Double, cache: LayoutCache) { (self.width, self.cache) = (width, cache) }

  mutating func add(_ run: TextRun) {
    var part = ""
    for character in run.text {
      if character == " " || character.isNewline {
        let isNewline = character.isNewline
        flush(part + (isNewline ? "" : " "), part, run)
        part = ""
        offset += character.utf8.count
        endWord(space: isNewline ? 0 : cache.width(" ", run.style), endsLine: isNewline)
      } else {
        part.append(character)
        if Self.mayBreak(after: character, in: part, run.text) {
          flush(part, part, run)
          part = ""
          endWord(space: 0, penalty: 50)
        }
      }
    }
    flush(part, part, run)
  }

  /// After hyphens between letters, and the slashes of an address.
  private static func mayBreak(after character: Character, in part: String, _ text: String) -> Bool
  {
    switch character {
    case "-", "–", "—": part.count > 2
    case "/":
      part.count > 3 && text.contains("://") && !part.hasSuffix(":/") && !part.hasSuffix("://")
    default: false
    }
  }

  mutating func finish() -> [Word] {
    endWord(space: 0)
    if var last = words.popLast() {
      last.box.endsLine = true
      last.box.penalty = 0
      words.append(last)
    }
    return words
  }

  /// Adds a part of a word; `drawn` has the space after it too, so that it can be read off a PDF.
  private mutating func flush(_ drawn: String, _ part: String, _ run: TextRun) {
    guard !part.isEmpty else { return }
    let partWidth = cache.width(part, run.style)
    if partWidth > width, part.count > 1 { return flushSingly(part, run) }
    let layout = cache.layout(drawn, run.style)
    append(
      Piece(text: part, style: run.style, layout: layout, width: partWidth, link: run.link))
  }

  /// A part that no line holds may be broken anywhere.
  private mutating func flushSingly(_ part: String, _ run: TextRun) {
    endWord(space: 0, penalty: 100)
    for character in part {
      let text = String(character)
      append(
        Piece(
          text: text, style: run.style, layout: cache.layout(text, run.style),
          width: cache.width(text, run.style), link: run.link))
      endWord(space: 0, penalty: 100)
    }
  }

  private mutating func append(_ piece: Piece) {
    var word = current ?? Word(bytes: offset..<offset)
    word.pieces.append(piece)
    word.box.width += piece.width
    offset += piece.text.utf8.count
    word.bytes = word.bytes.lowerBound..<offset
    current = word
  }

  private mutating func endWord(space: Double, endsLine: Bool = false, penalty: Double = 0) {
    guard var word = current else {
      // Spaces in a row, or an empty line.
      if endsLine, let last = words.indices.last { words[last].box.endsLine = true }
      if space > 0, let last = words.indices.last, words[last].box.space == 0 {
        (words[last].box.space, words[last].box.penalty) = (space, 0)
      }
      return
    }
    (word.box.space, word.box.endsLine, word.box.penalty) = (space, endsLine, penalty)
    words.append(word)
    current = nil
  }
}
