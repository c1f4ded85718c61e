/// LFW's `pairs.txt`: `name i j` is a pair of one person, `nameA i nameB j` of two.
///
/// The header `10 300` gives the number of folds and of pairs of each kind in a fold; with it a
/// pair's fold follows from its place, broken lines counted, so that one broken line does not shift
/// the folds after it. A header of one number is one fold. Without a header each run of one-person
/// pairs and the run of two-person pairs after it is a fold if all are of one length; otherwise the
/// pairs are cut into ten equal folds in order.
///
/// - Source: vis-www.cs.umass.edu/lfw/README.txt, "pairs.txt format".
struct PairsFile {
  struct Picture: Hashable {
    let name: String
    let number: Int
  }

  struct Pair {
    let first: Picture
    let second: Picture
    let isSame: Bool
    var fold = 0
  }

  private(set) var pairs: [Pair] = []
  private(set) var foldCount = 0
  private(set) var problems: [PairReport.Problem] = []
  /// Place of each pair among the lines after the header.
  private var places: [Int] = []

  init(_ bytes: [UInt8]) {
    var header: (folds: Int, pairsPerFold: Int)?
    var place = 0
    for line in TextLines(bytes) where !line.bytes.isEmpty {
      let fields = line.fields
      if place == 0, header == nil, let found = Self.header(fields) {
        header = found
        continue
      }
      take(fields, line, place: place)
      place += 1
    }
    if let header { assignFolds(header, lines: place) } else { assignFolds() }
  }

  private static func header(
    _ fields: [ArraySlice<UInt8>]
  ) -> (folds: Int, pairsPerFold: Int)? {
    let numbers = fields.compactMap(TextLines.integer)
    guard numbers.count == fields.count, numbers.allSatisfy({ (1...1_000_000).contains($0) })
    else { return nil }
    switch numbers.count {
    case 1: return (1, 2 * numbers[0])
    case 2: return (numbers[0], 2 * numbers[1])
    default: return nil
    }
  }

  private mutating func take(_ fields: [ArraySlice<UInt8>], _ line: TextLines.Line, place: Int) {
    let texts = fields.map { String(decoding: $0, as: UTF8.self) }
    let numbers = fields.indices.dropFirst().map { TextLines.integer(fields[$0]) }
    switch (texts.count, numbers) {
    case (3, _):
      guard let first = numbers[0], let second = numbers[1], first != second else { break }
      return add(texts[0], first, texts[0], second, place)
    case (4, _):
      guard let first = numbers[0], let second = numbers[2], texts[0] != texts[2] else { break }
      return add(texts[0], first, texts[2], second, place)
    default: break
    }
    problems.append(
      PairReport.Problem(
        line: line.number,
        reason: "“\(line.text.prefix(60))” is no pair: expected “name 1 2” or “name 1 other 1”"))
  }

  private mutating func add(
    _ first: String, _ firstNumber: Int, _ second: String, _ secondNumber: Int, _ place: Int
  ) {
    pairs.append(
      Pair(
        first: Picture(name: first, number: firstNumber),
        second: Picture(name: second, number: secondNumber), isSame: first == second))
    places.append(place)
  }

  private mutating func assignFolds(_ header: (folds: Int, pairsPerFold: Int), lines: Int) {
    foldCount = header.folds
    for index in pairs.indices {
      pairs[index].fold = min(places[index] / header.pairsPerFold, foldCount - 1)
    }
    let announced = header.folds * header.pairsPerFold
    if lines != announced {
      let reason = "the header announces \(announced) pairs and \(lines) lines follow"
      problems.append(PairReport.Problem(line: 1, reason: reason))
    }
  }

  private mutating func assignFolds() {
    let blocks = blocks()
    if Set(blocks).count == 1 {
      foldCount = blocks.count
      for index in pairs.indices { pairs[index].fold = index / blocks[0] }
    } else {
      foldCount = min(10, pairs.count)
      for index in pairs.indices { pairs[index].fold = index * foldCount / pairs.count }
    }
  }

  /// Lengths of the runs that begin where a one-person pair follows a two-person pair.
  private func blocks() -> [Int] {
    var lengths: [Int] = []
    for (index, pair) in pairs.enumerated() {
      let isStart = index == 0 || (pair.isSame && !pairs[index - 1].isSame)
      if isStart { lengths.append(0) }
      lengths[lengths.count - 1] += 1
    }
    return lengths
  }
}
