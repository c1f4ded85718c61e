/// Verification pairs for a set that brings none.
public enum VerificationPairs {
  /// Balanced pairs in folds that share no person.
  ///
  /// People with their samples among `indices` are dealt to the folds at random; each fold gets as
  /// many pairs of one person as of two, all different, and every fold equally many.
  /// - Parameters: perFold: pairs of a fold, both kinds together; fewer if a fold's people do not
  ///   give that many.
  /// - Throws: `FaceDataError` `.notEnoughData`, with the numbers, if a fold cannot have a pair of
  ///   each kind; `.invalidSetting` for no folds or pairs.
  /// - Edge cases: people with one sample only are part of pairs of two.
  public static func generate(
    dataset: any FaceDataset, indices: [Int], folds: Int = 10, perFold: Int = 600, seed: UInt64
  ) throws -> [VerificationPair] {
    guard folds > 0, perFold > 1 else {
      throw FaceDataError(
        .invalidSetting, "\(folds) folds of \(perFold) pairs: take 1 fold and 2 pairs or more")
    }
    var stream = RandomStream(seed: seed, purpose: "verification-pairs")
    let pools = try deal(people(dataset, indices), folds: folds, stream: &stream)
    let each = pools.reduce(perFold / 2) { min($0, $1.sameCount, $1.differentCount) }
    guard each > 0 else { throw tooFew(pools) }
    return pools.enumerated().flatMap { fold, pool in
      let same = pool.drawSame(each, &stream).map {
        VerificationPair(first: $0, second: $1, isSame: true, fold: fold)
      }
      let different = pool.drawDifferent(each, &stream).map {
        VerificationPair(first: $0, second: $1, isSame: false, fold: fold)
      }
      return same + different
    }
  }

  private static func people(_ dataset: any FaceDataset, _ indices: [Int]) throws -> [[Int]] {
    var people: [Int: [Int]] = [:]
    for index in indices.sorted() {
      guard let identity = try dataset.labels(at: index).identity else { continue }
      people[identity, default: []].append(index)
    }
    return people.sorted { $0.key < $1.key }.map(\.value)
  }

  /// People with several samples are dealt first, so that every fold gets some of them.
  private static func deal(
    _ people: [[Int]], folds: Int, stream: inout RandomStream
  ) -> [PairPool] {
    let order =
      stream.shuffled(people.filter { $0.count > 1 })
      + stream.shuffled(people.filter { $0.count == 1 })
    return (0..<folds).map { fold in
      PairPool(people: stride(from: fold, to: order.count, by: folds).map { order[$0] })
    }
  }

  private static func tooFew(_ pools: [PairPool]) -> FaceDataError {
    let people = pools.map(\.people.count).reduce(0, +)
    let several = pools.flatMap(\.people).count { $0.count > 1 }
    return FaceDataError(
      .notEnoughData,
      "\(people) people, \(several) of them with two samples or more, do not give \(pools.count) "
        + "folds a pair of one person and of two each; take at most "
        + "\(max(1, min(several, people / 2))) folds or more people")
  }
}

/// The people of one fold.
private struct PairPool {
  let people: [[Int]]

  var sameCount: Int { people.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 } }

  var differentCount: Int {
    let samples = people.reduce(0) { $0 + $1.count }
    return samples * (samples - 1) / 2 - sameCount
  }

  /// Different pairs of one person, each equally likely.
  func drawSame(_ count: Int, _ stream: inout RandomStream) -> [(Int, Int)] {
    // Pair number n belongs to the person in whose range it falls.
    var ends: [Int] = []
    for person in people { ends.append((ends.last ?? 0) + person.count * (person.count - 1) / 2) }
    return draw(count, of: sameCount, &stream).map { number in
      let owner = ends.partitioningIndex { $0 > number }
      let start = owner == 0 ? 0 : ends[owner - 1]
      let (first, second) = Self.unrank(number - start)
      return (people[owner][first], people[owner][second])
    }
  }

  /// Different pairs of two people, each equally likely.
  func drawDifferent(_ count: Int, _ stream: inout RandomStream) -> [(Int, Int)] {
    let samples = people.enumerated().flatMap { owner, person in person.map { (owner, $0) } }
    let all = samples.count * (samples.count - 1) / 2
    // Most pairs are of two people: those of one are passed by.
    var (pairs, seen): ([(Int, Int)], Set<Int>) = ([], [])
    while pairs.count < count {
      let number = stream.integer(below: all)
      let (first, second) = Self.unrank(number)
      guard samples[first].0 != samples[second].0, seen.insert(number).inserted else { continue }
      pairs.append((samples[first].1, samples[second].1))
    }
    return pairs
  }

  /// Different numbers below `bound`.
  private func draw(_ count: Int, of bound: Int, _ stream: inout RandomStream) -> [Int] {
    if bound < 4 * count { return Array(stream.shuffled(0..<bound).prefix(count)) }
    var (numbers, seen): ([Int], Set<Int>) = ([], [])
    while numbers.count < count {
      let number = stream.integer(below: bound)
      if seen.insert(number).inserted { numbers.append(number) }
    }
    return numbers
  }

  /// Pair number n of the pairs (0,1), (0,2), (1,2), (0,3), …: second is the largest s with
  /// s(s−1)/2 ≤ n.
  private static func unrank(_ number: Int) -> (Int, Int) {
    var second = Int(((8 * Double(number) + 1).squareRoot() + 1) / 2)
    while second * (second - 1) / 2 > number { second -= 1 }
    while (second + 1) * second / 2 <= number { second += 1 }
    return (number - second * (second - 1) / 2, second)
  }
}

extension [Int] {
  /// The first place whose element satisfies a predicate that never turns false again.
  fileprivate func partitioningIndex(_ predicate: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
