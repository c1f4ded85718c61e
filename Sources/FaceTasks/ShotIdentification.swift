import FaceData
import Statistics
import Torch

/// Identification with few pictures: k of each person are enrolled as the mean of their embeddings of
/// unit length, and every other picture is searched among the people.
///
/// Closed set: up to 500 people with more than k pictures take part, of the pictures that the
/// verification's pairs use. Rates are means over five draws of the enrolled pictures; draws and people
/// are the same for every run on a set, and the number of people is part of the metric's name.
/// - Source: the prototypes of Snell et al. 2017, arXiv:1703.05175, with the cosine; one to ten shots
///   as in LAFS. Checked by: ShotIdentificationTests.
func shotMetrics(of predictions: TaskPredictions) throws -> [TaskMetric] {
  try [1, 5].flatMap { try shotMetrics(of: predictions, shots: $0) }
}

private let draws = 5
private let mostPeople = 500

private func shotMetrics(of predictions: TaskPredictions, shots: Int) throws -> [TaskMetric] {
  let pictures = Dictionary(grouping: predictions.samples.indices) {
    predictions.samples[$0].labels.identity ?? -1
  }.filter { $0.key >= 0 && $0.value.count > shots }.sorted { $0.key < $1.key }.map(\.value)
  guard pictures.count > 1, let width = predictions.rows.first?.count else { return [] }
  let rows = try Tensor(
    predictions.rows.flatMap { $0 }, shape: [predictions.rows.count, width]
  ).l2Normalized(1)
  var (first, fifth, searches) = (0.0, 0.0, 0)
  for draw in 0..<draws {
    let found = try search(draw: draw, pictures, rows, shots: shots)
    first += found.rankRate(1) ?? 0
    fifth += found.rankRate(5) ?? 0
    searches = found.mated
  }
  let name = "\(min(pictures.count, mostPeople))-people:\(shots)-shot"
  return [
    TaskMetric("rank[1-\(name)]", 100 * first / Double(draws), count: searches),
    TaskMetric("rank[5-\(name)]", 100 * fifth / Double(draws), count: searches),
  ]
}

private func search(
  draw: Int, _ pictures: [[Int]], _ rows: Tensor, shots: Int
) throws -> IdentificationMetrics {
  var stream = RandomStream(
    seed: DatasetSplit.protocolSeed, purpose: "shots.\(shots)", epoch: draw)
  let drawn = stream.shuffled(pictures).prefix(mostPeople).map { stream.shuffled($0) }
  let enrolled = try rows.indexSelect(0, index(drawn.flatMap { $0.prefix(shots) }))
    .reshaped([drawn.count, shots, rows.shape[1]]).sum([1]).l2Normalized(1)
  let probes = drawn.enumerated().flatMap { person, places in
    places.dropFirst(shots).map { (place: $0, person: person) }
  }
  var found = IdentificationMetrics()
  for start in stride(from: 0, to: probes.count, by: 1024) {
    let part = probes[start..<min(start + 1024, probes.count)]
    let cosines = try rows.indexSelect(0, index(part.map(\.place)))
      .matmul(enrolled.transposed(0, 1)).rows()
    for (row, probe) in zip(cosines, part) {
      try found.add(similarities: row, mate: probe.person)
    }
  }
  return found
}

private func index(_ places: [Int]) throws -> Tensor {
  try Tensor(places.map(Int64.init), shape: [places.count])
}
