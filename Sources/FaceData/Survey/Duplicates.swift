/// Two pictures that are the same, or nearly.
public struct Duplicate: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The same pixels.
    case exact
    /// Compressed, scaled, brightened or slightly cropped anew; or neighbouring frames.
    case near
    /// Nearly the mirror image.
    case mirrored
    /// Alike in the features of a network.
    case features
  }

  /// In the set that was searched.
  public let index: Int
  /// In the set that it was searched in: the same set (an earlier sample) or another.
  public let original: Int
  public let kind: Kind
  /// Bits in which the perceptual hashes differ; nil where features were compared.
  public let bits: Int?
  /// Correlation of the thumbnails, or cosine of the features.
  public let similarity: Float
}

/// What counts as a duplicate.
public struct DuplicateSettings: Sendable, Hashable {
  /// Bits of 64 in which perceptual hashes may differ, 0 to 15.
  public var bits: Int
  /// The least correlation of thumbnails, 0…1.
  ///
  /// Aligned faces of different people look much alike at 32 × 32: the hash proposes, the
  /// correlation decides.
  public var correlation: Float
  /// Whether mirror images count.
  public var findsMirrored: Bool

  public init(bits: Int = 8, correlation: Float = 0.98, findsMirrored: Bool = true) {
    (self.bits, self.correlation, self.findsMirrored) = (bits, correlation, findsMirrored)
  }

  /// - Throws: `FaceDataError` `.invalidSetting`.
  func check() throws {
    guard (0...HammingIndex.largestDistance).contains(bits), (0...1).contains(correlation) else {
      throw FaceDataError(
        .invalidSetting,
        "duplicates within \(bits) bits and a correlation of \(correlation) cannot be searched: take "
          + "0 to \(HammingIndex.largestDistance) bits and 0 to 1")
    }
  }
}

/// Exact and near duplicates by hashes, within a set or of one set in another.
///
/// Checked by: DuplicateTests.
public struct DuplicateSearch: Sendable {
  /// Neighbours of one picture that are looked at: a set of ten thousand black pictures would cost
  /// the square of that.
  static let largestNeighbourCount = 2_000

  private let settings: DuplicateSettings

  /// - Throws: `FaceDataError` `.invalidSetting`.
  public init(_ settings: DuplicateSettings = DuplicateSettings()) throws {
    try settings.check()
    self.settings = settings
  }

  /// For each sample that has them its best duplicate among the earlier ones, by index: without these
  /// samples the set has no duplicates.
  ///
  /// - Parameters: isLeak: tells pairs that must not be (one in training, one in the test). Of a
  ///   sample's duplicates such a pair is given, if there is one, rather than a better match.
  public func duplicates(
    within survey: DatasetSurvey,
    isLeak: @escaping (_ index: Int, _ original: Int) -> Bool = { _, _ in false }
  ) -> [Duplicate] {
    var best = BestMatches(isLeak: isLeak)
    let pictures = DistinctPictures(survey)
    for group in pictures.groups {
      // A leak may lie between any two copies; the first copy of each kind stands for the rest.
      for (place, index) in group.dropFirst().enumerated() {
        best.offer(Self.exact(index, group[0]))
        if let other = group[...place].first(where: { isLeak(index, $0) }) {
          best.offer(Self.exact(index, other))
        }
      }
    }
    search(pictures, in: pictures, isSame: true) { match in
      for index in pictures.groups[match.index] {
        for original in pictures.groups[match.original].prefix(4) where original != index {
          best.offer(match.between(max(index, original), min(index, original)))
        }
      }
    }
    return best.sorted
  }

  /// For each sample of a set that another holds as well the best match there, by index.
  ///
  /// - Parameters: survey: the set whose samples are looked for; other: the set that is searched.
  public func duplicates(of survey: DatasetSurvey, in other: DatasetSurvey) -> [Duplicate] {
    var best = BestMatches { _, _ in false }
    let (wanted, pictures) = (DistinctPictures(survey), DistinctPictures(other))
    for group in wanted.groups {
      guard let picture = survey.pictures[group[0]],
        let original = pictures.first[picture.signature.digest]
      else { continue }
      for index in group { best.offer(Self.exact(index, original)) }
    }
    search(wanted, in: pictures, isSame: false) { match in
      for index in wanted.groups[match.index] {
        best.offer(match.between(index, pictures.groups[match.original][0]))
      }
    }
    return best.sorted
  }

  private static func exact(_ index: Int, _ original: Int) -> Duplicate {
    Duplicate(index: index, original: original, kind: .exact, bits: 0, similarity: 1)
  }

  // MARK: Near duplicates

  /// A match between distinct pictures, by their places.
  private struct Match {
    let index: Int
    let original: Int
    let kind: Duplicate.Kind
    let bits: Int
    let similarity: Float

    func between(_ index: Int, _ original: Int) -> Duplicate {
      Duplicate(
        index: index, original: original, kind: kind, bits: bits, similarity: similarity)
    }
  }

  private func search(
    _ wanted: DistinctPictures, in pictures: DistinctPictures, isSame: Bool,
    _ visit: (Match) -> Void
  ) {
    let index = HammingIndex(pictures.signatures.map(\.hash))
    for (place, signature) in wanted.signatures.enumerated() {
      let thumbnail = wanted.thumbnails[place]
      var forms = [(Duplicate.Kind.near, signature.hash, thumbnail)]
      if settings.findsMirrored {
        forms.append((.mirrored, signature.mirroredHash, PictureSignature.mirrored(thumbnail)))
      }
      for (kind, hash, thumbnail) in forms {
        var left = Self.largestNeighbourCount
        index.forEach(near: hash, within: settings.bits) { other, bits in
          guard isSame ? other < place : signature.digest != pictures.signatures[other].digest
          else { return true }
          left -= 1
          let similarity = Self.product(thumbnail, pictures.thumbnails[other])
          if similarity >= settings.correlation {
            visit(
              Match(index: place, original: other, kind: kind, bits: bits, similarity: similarity))
          }
          return left > 0
        }
      }
    }
  }

  private static func product(_ a: [Float], _ b: [Float]) -> Float {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = SIMD8<Float>()
        for at in stride(from: 0, to: min(a.count, b.count) - 7, by: 8) {
          for lane in 0..<8 { sum[lane] += a[at + lane] * b[at + lane] }
        }
        return sum.sum()
      }
    }
  }
}

/// The pictures of a survey, equal ones once.
private struct DistinctPictures {
  /// Indices of equal pictures, ascending.
  private(set) var groups: [[Int]] = []
  private(set) var signatures: [PictureSignature] = []
  private(set) var thumbnails: [[Float]] = []
  /// The first index with a digest.
  private(set) var first: [SIMD2<UInt64>: Int] = [:]

  init(_ survey: DatasetSurvey) {
    var places: [SIMD2<UInt64>: Int] = [:]
    for (index, picture) in survey.pictures.enumerated() {
      guard let signature = picture?.signature else { continue }
      if let place = places[signature.digest] {
        groups[place].append(index)
        continue
      }
      places[signature.digest] = groups.count
      first[signature.digest] = index
      groups.append([index])
      signatures.append(signature)
      thumbnails.append(signature.unitThumbnail)
    }
  }
}

/// The best match of each sample so far.
struct BestMatches {
  let isLeak: (_ index: Int, _ original: Int) -> Bool
  private var best: [Int: Duplicate] = [:]

  init(isLeak: @escaping (Int, Int) -> Bool) { self.isLeak = isLeak }

  /// Leaks first, then exact ones, then the most similar, then the earliest.
  mutating func offer(_ match: Duplicate) {
    guard let current = best[match.index] else {
      best[match.index] = match
      return
    }
    if rank(match) < rank(current) { best[match.index] = match }
  }

  private func rank(_ match: Duplicate) -> (Int, Int, Float, Int) {
    (
      isLeak(match.index, match.original) ? 0 : 1, match.kind == .exact ? 0 : 1,
      -match.similarity, match.original
    )
  }

  var sorted: [Duplicate] { best.values.sorted { $0.index < $1.index } }
}
