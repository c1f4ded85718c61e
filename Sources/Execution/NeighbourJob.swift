import Experiments
import FaceTasks

/// Adapts by nearest neighbours: the number of neighbours is chosen on validation where the plan
/// searches, and there is no other state.
struct NeighbourJob {
  let context: JobContext
  let plan: AdaptationPlan
  let data: AdaptationData
  let task: any FaceTask

  func run(sources: (training: FrozenFeatures, test: FrozenFeatures)) throws {
    let bank = try NearestNeighbours(
      task: task, labelled: data.labelled, source: sources.training)
    let selection = task.selectionMetric
    var best: (neighbours: Int, value: Double?) = (Int(plan.candidates[0]), nil)
    for candidate in plan.candidates where Int(candidate) <= data.labelled.count {
      let answers = try bank.answers(
        data.validation.needed, neighbours: Int(candidate), source: sources.training)
      let value = try task.judge(answers, on: data.validation, of: data.dataset)
        .value(of: selection.name)
      guard let value else { continue }
      if best.value.map({ selection.isBetter(value, than: $0) }) ?? true {
        best = (Int(candidate), value)
      }
    }
    let report = AdaptationReport(context: context, data: data, plan: plan, task: task)
    let answers = try bank.answers(
      data.test.needed, neighbours: best.neighbours, source: sources.test)
    try report.record(report.judge(answers).metrics, selection: .last)
    try report.recordBest(answers)
    try report.recordSearch(
      "neighbours", chosen: Double(best.neighbours), validation: best.value)
  }
}
