/// Finds how many pictures a step may have.
enum LargestBatch {
  /// The largest batch below one that does not fit, to an eighth of it; nil where not even two pictures
  /// fit.
  ///
  /// - Parameter fits: tries a batch.
  static func find(below tooLarge: Int, fits: (Int) throws -> Bool) rethrows -> Int? {
    var (largest, limit): (Int?, Int) = (nil, tooLarge)
    while largest == nil, limit / 2 >= 2 {
      if try fits(limit / 2) { largest = limit / 2 } else { limit /= 2 }
    }
    guard var found = largest else { return nil }
    while limit - found > max(found / 8, 1) {
      let middle = (found + limit) / 2
      if try fits(middle) { found = middle } else { limit = middle }
    }
    return found
  }
}
