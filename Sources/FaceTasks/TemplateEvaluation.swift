public import FaceData
public import FaceModels
import Statistics
import Torch

/// Verification and identification of templates by a backbone's features as they are.
///
/// Flip-summed features times the detector's score, averaged within media, summed over media and
/// brought to length 1; cosines of the protocol's pairs (TAR at the nearest FAR, as insightface
/// reports IJB) and searches of each list of probes in each gallery (rank, TPIR at FPIR).
/// - Parameters: score: the detector's confidence for a sample, by its index.
/// - Source: insightface `eval_ijbc.py` and `ijb_1n.py`. Differs: searches of people who are not in
///   the gallery make the false positives, as NIST has it, where the lists have such probes.
public func evaluateTemplates(
  _ templates: TemplateProtocol, of dataset: any FaceDataset, input: InputSettings,
  backbone: any Backbone, score: (Int) -> Float
) throws -> TaskEvaluation {
  let source = LiveFeatures(
    dataset: dataset, backbone: backbone, kind: .pooled, withMirror: true, input: input)
  let needed = Set(templates.templates.flatMap(\.images)).sorted()
  let answers = try withoutGradient { try source.answers(needed) { try flipSum($0) } }
  let rows = Dictionary(
    zip(answers.samples.map(\.index), answers.rows), uniquingKeysWith: { first, _ in first })
  let pooled = try templates.templates.map { template in
    try pooledTemplate(
      features: template.images.compactMap { rows[$0] }, media: template.media,
      weights: template.images.map(score))
  }
  return TaskEvaluation(metrics: try templateMetrics(pooled, templates))
}

/// The metrics of pooled templates, a row of unit length each.
func templateMetrics(_ pooled: [[Float]], _ templates: TemplateProtocol) throws -> [TaskMetric] {
  let width = pooled.first?.count ?? 0
  let rows = pooled.flatMap { $0 }
  var metrics = try pairMetrics(rows, width: width, templates.pairs)
  let features = try Tensor(rows, shape: [pooled.count, width])
  for gallery in templates.galleries {
    for probe in templates.probes {
      metrics += try searchMetrics(features, gallery: gallery, probe: probe)
    }
  }
  return metrics
}

private func pairMetrics(
  _ rows: [Float], width: Int, _ pairs: [TemplateProtocol.Pair]
) throws -> [TaskMetric] {
  guard !pairs.isEmpty else { return [] }
  let similarities = try pairProducts(
    rows, width: width, first: pairs.map(\.first), second: pairs.map(\.second))
  let found = try VerificationMetrics(
    similarities: similarities, isSame: pairs.map(\.isSame))
  let rates = ["1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "1e-1"]
  return [TaskMetric("auc[roc]", found.areaUnderROC, count: pairs.count)]
    + rates.compactMap { name in Double(name).map { (name, $0) } }
    // A rate that the impostors cannot resolve has no nearest point that means anything.
    .filter { $1 * Double(found.impostorCount) >= 1 }
    .map { name, rate in
      TaskMetric(
        "tar[far=\(name)]", 100 * found.trueAcceptRate(nearestTo: rate), count: pairs.count)
    }
}

private func searchMetrics(
  _ features: Tensor, gallery: TemplateProtocol.Group, probe: TemplateProtocol.Group
) throws -> [TaskMetric] {
  let places = Dictionary(
    gallery.subjects.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  let known = try features.indexSelect(
    0, Tensor(gallery.templates.map(Int64.init), shape: [gallery.templates.count]))
  var found = IdentificationMetrics()
  for start in stride(from: 0, to: probe.templates.count, by: 1024) {
    let part = start..<min(start + 1024, probe.templates.count)
    let index = try Tensor(part.map { Int64(probe.templates[$0]) }, shape: [part.count])
    let cosines = try features.indexSelect(0, index).matmul(known.transposed(0, 1)).rows()
    for (row, place) in zip(cosines, part) {
      try found.add(similarities: row, mate: places[probe.subjects[place]])
    }
  }
  let suffix = "\(gallery.name):\(probe.name)"
  let count = probe.templates.count
  let impostors: IdentificationMetrics.Impostors =
    found.mated < count ? .unenrolledProbes : .mateLeftOut
  return [1, 5, 10].flatMap {
    meanMetric("rank[\($0)-\(suffix)]", [found.rankRate($0).map { 100 * $0 }], count: found.mated)
  }
    + [("0.01", 0.01), ("0.1", 0.1)].flatMap { name, rate in
      meanMetric(
        "tpir[fpir=\(name)-\(suffix)]",
        [
          found.truePositiveRate(atFalsePositiveRate: rate, impostors: impostors)
            .map { 100 * $0 }
        ], count: found.mated)
    }
}
