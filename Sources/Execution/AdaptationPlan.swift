import FaceModels
import FaceTasks
import Torch

/// How a backbone is adapted.
enum AdaptationProtocol: String {
  /// Every weight learns.
  case fineTune = "fine-tune"
  /// The leading parts of the backbone stay as they are.
  case partial
  /// The head learns on the frozen backbone.
  case linear
  /// Nothing learns: the nearest labelled samples answer.
  case neighbours = "knn"
}

/// The settings of one adaptation, the same for every initialisation.
struct AdaptationPlan {
  let way: AdaptationProtocol
  /// Parts of the backbone, of five, that stay as they are.
  let frozenParts: Int
  let steps: Int
  let weightDecay: Double
  let backboneRate: Double
  let layerDecay: Double
  let validateEvery: Int
  let checkpointEvery: Int
  let notesBestOnTest: Bool
  /// Peak learning rates to try, or numbers of neighbours; the best on validation is kept.
  let candidates: [Double]

  init(_ options: JobOptions) throws {
    way = try options.choice("protocol", as: AdaptationProtocol.self)
    frozenParts =
      switch way {
      case .fineTune: 0
      case .partial: try options.integer("frozen-parts")
      case .linear, .neighbours: 5
      }
    steps = try options.integer("steps")
    weightDecay = try options.real("weight-decay")
    backboneRate = try options.real("backbone-rate")
    layerDecay = try options.real("layer-decay")
    validateEvery = try options.integer("validate-every")
    checkpointEvery = try options.integer("checkpoint-every")
    notesBestOnTest = try options.flag("best-on-test")
    let searches = try options.text("search") == "small"
    if way == .neighbours {
      candidates = searches ? [1, 5, 20, 50] : [Double(try options.integer("neighbours"))]
    } else {
      let rate = try options.real("learning-rate")
      candidates = searches ? [rate, rate / 3, rate * 3] : [rate]
    }
  }

  /// Freezes what is not to learn.
  func prepare(_ backbone: any Backbone) {
    backbone.frozenParts = frozenParts
    for (part, parameters) in backbone.parameterParts.enumerated() {
      for parameter in parameters { parameter.tensor.requiresGradient = part >= frozenParts }
    }
  }

  /// The head's rate is 1; part p of the backbone has `backboneRate` · `layerDecay`^(4 − p).
  func groups(_ task: any FaceTask) -> [ParameterGroup] {
    let head = ParameterGroup.decayingOnlyWeights(
      task.headState.filter { $0.kind == .parameter }.prefixed("head"), weightDecay: weightDecay)
    var (groups, scale) = (head, backboneRate)
    for (part, parameters) in task.setup.backbone.parameterParts.enumerated().reversed() {
      guard part >= frozenParts else { break }
      groups += ParameterGroup.decayingOnlyWeights(
        parameters.prefixed("backbone"), weightDecay: weightDecay, learningRateScale: scale)
      scale *= layerDecay
    }
    return groups
  }
}
