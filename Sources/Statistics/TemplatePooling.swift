/// One vector for a template, a set of pictures and video frames of one person.
///
/// Features of one medium (the frames of a video) are averaged first, then the media are summed and
/// the sum is brought to length 1: a long video weighs as much as a photograph.
/// - Parameters: features: one row for each image; media: the medium of each; weights: the detector's
///   score for each image, which its row is multiplied with, or nil.
/// - Throws: `.wrongCount` where the counts or the rows' lengths differ or there are no images,
///   `.degenerate` where the sum has no length.
/// - Source: insightface `eval_ijbc.py` (image2template_feature); Crosswhite et al. 2017.
public func pooledTemplate(features: [[Float]], media: [Int], weights: [Float]? = nil) throws
  -> [Float]
{
  guard let width = features.first?.count, media.count == features.count,
    (weights?.count ?? media.count) == media.count, features.allSatisfy({ $0.count == width })
  else {
    throw StatisticsError(
      .wrongCount,
      "\(features.count) rows of features, \(media.count) media and \(weights?.count ?? 0) weights "
        + "do not make a template: give one of each for every image, all rows of one length.")
  }
  var counts: [Int: Float] = [:]
  for medium in media { counts[medium, default: 0] += 1 }
  var sum = [Float](repeating: 0, count: width)
  for (position, row) in features.enumerated() {
    let share = (weights?[position] ?? 1) / (counts[media[position]] ?? 1)
    for column in 0..<width { sum[column] += row[column] * share }
  }
  let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
  guard length > 0, length.isFinite else {
    throw StatisticsError(
      .degenerate, "A template's features have the length \(length): leave it out.")
  }
  return sum.map { $0 / length }
}
