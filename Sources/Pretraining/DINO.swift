public import FaceData
public import FaceModels
import Foundation
public import Torch

// Emerging Properties in Self-Supervised Vision Transformers
// Caron, Touvron, Misra, Jégou, Mairal, Bojanowski, Joulin. ICCV 2021, arXiv:2104.14294.

/// DINO: a student that sees small crops predicts what its own moving average says of large ones.
public final class DINO: PretrainingMethod {
  public let crops: MultiCropSettings
  private let student: DINONetwork
  private let teacher: MomentumNetwork<DINONetwork>
  /// C, the running mean of the teacher's outputs [1, K].
  let centre: Tensor
  private let settings: Settings
  private let compute: Compute
  private let group: ProcessGroup?

  struct Settings {
    /// K, dimensions of the output.
    var outputs: Int
    /// τ_s and τ_t.
    var (temperature, teacherTemperature): (Double, Double)
    /// λ at the start; it rises to 1.
    var momentum: Double
    /// m of Eq. 4.
    var centreMomentum: Double
    /// First epochs in which the last layer stays as it was drawn.
    var frozenEpochs: Int
    var centring: Centring
  }

  /// What keeps the teacher from giving all pictures one output.
  enum Centring: String {
    /// C of Eq. 4 is taken off.
    case mean
    /// SwAV's assignments, of all teacher views and ranks together, which need no C (table 7).
    case sinkhorn

    init(named name: String) throws {
      guard let value = Self(rawValue: name) else {
        throw PretrainingError(code: .badSettings, message: "DINO has no centring \(name)")
      }
      self = value
    }
  }

  public init(_ setup: PretrainingSetup) throws {
    let options = setup.options
    (compute, group) = (setup.compute, setup.group)
    crops = try MultiCropSettings(multiCrop: options)
    settings = Settings(
      outputs: try options.integer("prototypes"),
      temperature: try options.real("temperature"),
      teacherTemperature: try options.real("teacher-temperature"),
      momentum: try options.real("momentum"), centreMomentum: try options.real("centre-momentum"),
      frozenEpochs: try options.integer("freeze-last"),
      centring: try Centring(named: options.text("centring")))
    let (hidden, bottleneck) = (try options.integer("hidden"), try options.integer("projection"))
    func network() throws -> DINONetwork {
      try DINONetwork(
        setup, hidden: hidden, bottleneck: bottleneck, outputs: options.integer("prototypes"))
    }
    student = try network()
    teacher = try MomentumNetwork(network(), following: student)
    centre = try .zeros([1, settings.outputs], device: compute.device)
  }

  public var backbone: any Backbone { student.backbone }
  /// The teacher's, which is ahead of the student's all the way (§5.2, figure 6).
  public var learned: any Backbone { teacher.network.backbone }
  public var state: [NamedTensor] {
    student.state + teacher.state + [NamedTensor("centre", centre, .buffer)]
  }

  /// ln K: teacher and student uniform.
  public var uninformedLoss: Double? { log(Double(settings.outputs)) }

  public func forward(_ batch: MultiCropBatch, at position: StepPosition) throws -> MethodOutput {
    let count = batch.indices.count
    let (s, t) = try compute.autocast {
      (
        try Tensor.cat(
          crops.viewGroups.map { try student(batch.images($0, on: compute.device), training: true) }
        ).to(.float32),
        try teacher(batch.images(0..<crops.globalCrops.count, on: compute.device)).to(.float32)
      )
    }
    let loss = try dinoLoss(
      student: s.chunked(count), targets: targets(t, count: count).chunked(count),
      temperature: settings.temperature)
    try withoutGradient {  // Eq. 4: C ← m C + (1 − m) mean of the teacher's outputs
      let mean = try t.mean([0], keepDimension: true)
      try group?.average([mean])
      _ = try centre.mul_(settings.centreMomentum).add_(mean * (1 - settings.centreMomentum))
    }
    // Without the centre all outputs look alike, since most of each is what they have in common.
    return MethodOutput(
      loss: loss, features: try t.narrow(0, start: 0, length: count) - centre)
  }

  /// What the teacher says of its views, probabilities `[views · B, K]`, from its outputs.
  private func targets(_ outputs: Tensor, count: Int) throws -> Tensor {
    switch settings.centring {
    case .mean:
      return try centredTargets(outputs, centre: centre, temperature: settings.teacherTemperature)
    case .sinkhorn:
      let views = crops.globalCrops.count
      let q = try sinkhorn(
        group.rows(outputs, views: views), epsilon: settings.teacherTemperature, iterations: 3)
      let (whole, own) = (q.shape[0] / views, (group?.rank ?? 0) * count)
      return try Tensor.cat(
        (0..<views).map { try q.narrow(0, start: $0 * whole + own, length: count) })
    }
  }

  public func willUpdate(at position: StepPosition) throws {
    guard position.epoch < settings.frozenEpochs else { return }
    student.lastLayer.clearGradient()
  }

  public func didUpdate(at position: StepPosition) throws {
    try teacher.follow(decay: risingMomentum(settings.momentum, at: position))
  }
}

extension Tensor {
  /// Views of `size` rows each.
  fileprivate func chunked(_ size: Int) throws -> [Tensor] { try chunk(shape[0] / size) }
}

/// Backbone, a perceptron to a bottleneck of unit length, and a last layer of unit rows.
final class DINONetwork: Layer {
  let backbone: any Backbone
  private let head: Sequential
  /// Its rows are normalised as they are used: weight norm with a gain of 1, which the paper keeps
  /// fixed.
  let lastLayer: Tensor

  init(_ setup: PretrainingSetup, hidden: Int, bottleneck: Int, outputs: Int) throws {
    backbone = try setup.makeBackbone()
    let generator = try setup.generator("heads")
    func linear(_ inputs: Int, _ outputs: Int) throws -> Linear {
      try Linear(
        inputs: inputs, outputs: outputs, initialization: .normal(0.02), generator: generator)
    }
    head = try setup.placed(
      Sequential([
        linear(backbone.featureCount, hidden), GELU(), linear(hidden, hidden), GELU(),
        linear(hidden, bottleneck),
      ]))
    lastLayer = try Tensor.randn([outputs, bottleneck], generator: generator)
      .to(setup.compute.device)
    try lastLayer.setRequiresGradient(true)
  }

  /// `[N, K]` for images `[N, 3, H, W]`.
  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    let z = try head(backbone(x, training: training), training: training)
    return try linear(z.to(.float32).l2Normalized(1), weight: lastLayer.l2Normalized(1))
  }

  var state: [NamedTensor] {
    backbone.state.prefixed("backbone") + head.state.prefixed("head")
      + [NamedTensor("last_layer.weight", lastLayer)]
  }
}

/// softmax((g_t − C)/τ_t), `[N, K]`.
/// - Source: Caron et al. 2021, arXiv:2104.14294, Eq. 1 and algorithm 1. Checked by: LossGoldenTests.
func centredTargets(_ outputs: Tensor, centre: Tensor, temperature: Double) throws -> Tensor {
  try ((outputs - centre) / temperature).softmax(1)
}

/// mean over teacher views t and student views s ≠ t of −Σ p_t log softmax(g_s/τ_s).
///
/// - Parameters: student: outputs of each view, float32 `[N, K]`; targets: the p_t of the student's first
///   views, `[N, K]`; temperature: τ_s.
/// - Source: Caron et al. 2021, arXiv:2104.14294, Eq. 3 and algorithm 1. Checked by: LossGoldenTests.
func dinoLoss(student: [Tensor], targets: [Tensor], temperature: Double) throws -> Tensor {
  let predictions = try student.map { try ($0 / temperature).logSoftmax(1) }
  var (total, terms): (Tensor?, Int) = (nil, 0)
  for (t, target) in targets.enumerated() {
    let wanted = try target.detached()
    for (s, prediction) in predictions.enumerated() where s != t {
      let term = try -(wanted * prediction).sum([1]).mean()
      total = try total.map { try $0 + term } ?? term
      terms += 1
    }
  }
  guard let total else {
    throw PretrainingError(
      code: .badSettings, message: "DINO compares large crops with others: it needs two views")
  }
  return try total / Double(terms)
}
