import Experiments
import FaceData
import FaceModels
import FaceTasks
import Foundation
import Pretraining
import Torch

/// Typed reading of a specification's options. Defaults are `MethodCatalog`'s, filled in before a
/// run is made: what is missing here is an error.
struct JobOptions: OptionValues {
  let values: [String: SpecValue]
  /// Of several processes on this machine: each has the GPU of its number.
  var localRank = 0

  func integer(_ name: String) throws -> Int { try read(name, "an integer", \.integerValue) }
  func real(_ name: String) throws -> Double { try read(name, "a number", \.realValue) }
  func text(_ name: String) throws -> String { try read(name, "a word", \.textValue) }
  func flag(_ name: String) throws -> Bool { try read(name, "true or false", \.booleanValue) }

  private func read<T>(_ name: String, _ kind: String, _ path: KeyPath<SpecValue, T?>) throws -> T {
    guard let value = values[name] else {
      throw EngineError(.badOption, "the specification has no option \(name)")
    }
    guard let typed = value[keyPath: path] else {
      throw EngineError(.badOption, "option \(name) is \(value), it must be \(kind)")
    }
    return typed
  }

  /// A word of a closed list, as the enumeration that stands for it.
  func choice<T: RawRepresentable>(_ name: String, as type: T.Type) throws -> T
  where T.RawValue == String {
    let word = try text(name)
    guard let value = T(rawValue: word) else {
      throw EngineError(.badOption, "option \(name) has no value \(word)")
    }
    return value
  }

  /// A share such as `10%`, or a count.
  func labelBudget() throws -> LabelBudget {
    switch values["labels"] {
    case .integer(let count): return .count(count)
    case .text(let text):
      guard text.hasSuffix("%"), let percent = Double(text.dropLast()) else { break }
      return .share(percent / 100)
    default: break
    }
    throw EngineError(.badOption, "labels must be a share such as 10% or a count")
  }
}

extension JobOptions {
  /// The published partition of people that is asked for, and which fold of it, from 1, is for the
  /// test; nil where facet's own split is used, or the task knows no folds.
  func folds() throws -> (SubjectFolds, fold: Int)? {
    guard values["folds"] != nil, case let name = try text("folds"), name != "none" else {
      return nil
    }
    guard let folds = SubjectFolds.published.first(where: { $0.name == name }) else {
      throw EngineError(.badOption, "option folds has no value \(name)")
    }
    return (folds, try integer("fold"))
  }

  /// How a model was adapted and tested, as results name it: `linear`, `fine-tune, disfa-3-fold 1`.
  func protocolName() throws -> String {
    let way = try text("protocol")
    return try folds().map { "\(way), \($0.0.name) \($0.fold)" } ?? way
  }

  /// The device asked for; `auto` takes a GPU where there is one.
  func device() throws -> Device {
    let own = Device.cuda(localRank)
    switch try text("device") {
    case "auto": return own.isAvailable ? own : .cpu
    case "cuda":
      guard own.isAvailable else {
        throw EngineError(
          .badDevice,
          "device: cuda was asked for, but libtorch sees no CUDA device \(localRank) here;"
            + " use device: auto, or point FACET_TORCH to a CUDA build of PyTorch")
      }
      return own
    default: return .cpu
    }
  }

  /// - Parameters: isScaled: whether the loss is scaled, so that float16 serves.
  func precision(on device: Device, isScaled: Bool = false) throws -> Precision {
    switch try text("precision") {
    case "auto":
      try .best(for: device, scaledConvolutions: isScaled && hasWideConvolutions())
    case "bfloat16": .bfloat16
    case "float16": try float16(on: device)
    default: .float32
    }
  }

  /// Whether most convolutions have as many channels as those of float16 take on a processor. Transformers
  /// have one for the patches only.
  private func hasWideConvolutions() throws -> Bool {
    try !text("backbone").hasPrefix("vit") && integer("width") >= 64
  }

  private func float16(on device: Device) throws -> Precision {
    guard Precision.hasFloat16(on: device) else {
      throw EngineError(
        .badDevice,
        "precision: float16 is for GPUs and processors with AVX512-FP16, which this one has not: use"
          + " bfloat16 or float32")
    }
    return .float16
  }

  /// Threads for torch and for data: the option, or all cores.
  func threads() throws -> Int {
    let asked = try integer("threads")
    return asked > 0 ? asked : ProcessInfo.processInfo.activeProcessorCount
  }

  func input(device: Device) throws -> InputSettings {
    InputSettings(
      size: try integer("size"), batch: try integer("batch"), device: device,
      precision: try precision(on: device))
  }

  func makeBackbone(generator: Generator, device: Device) throws -> any Backbone {
    let backbone = try BackboneShape(
      name: text("backbone"), width: integer("width"), stem: choice("stem", as: ResNetStem.self),
      size: integer("size"), patch: integer("patch"),
      pooling: choice("pooling", as: VisionTransformer.Pooling.self)
    ).make(generator: generator)
    try backbone.move(to: device, format: .channelsLast)
    return backbone
  }
}
