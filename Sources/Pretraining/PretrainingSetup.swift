public import FaceData
public import FaceModels
public import Torch

/// Where and how exactly a method computes.
public struct Compute: Sendable, Hashable {
  public let device: Device
  public let precision: Precision

  public init(device: Device, precision: Precision) {
    (self.device, self.precision) = (device, precision)
  }

  /// Runs the networks' part of a step; losses are computed in float32 outside of it.
  func autocast<Result>(_ body: () throws -> Result) throws -> Result {
    try withAutocast(precision, device: device, body)
  }
}

/// What a method is made from.
public struct PretrainingSetup {
  public let options: any OptionValues
  public let dataset: any FaceDataset
  public let compute: Compute
  public let seed: UInt64
  /// A backbone as the run starts, on the device; the same weights at every call.
  public let makeBackbone: () throws -> any Backbone
  /// The processes that share each batch; nil where this one has all of it.
  public let group: ProcessGroup?

  public init(
    options: any OptionValues, dataset: any FaceDataset, compute: Compute, seed: UInt64,
    group: ProcessGroup? = nil, makeBackbone: @escaping () throws -> any Backbone
  ) {
    (self.options, self.dataset, self.compute) = (options, dataset, compute)
    (self.seed, self.group, self.makeBackbone) = (seed, group, makeBackbone)
  }

  /// A generator for one purpose: a head's weights do not change when another draws more.
  public func generator(_ purpose: String) throws -> Generator {
    try Generator(seed: seed, purpose: purpose)
  }

  /// The layer on the device that the method computes on.
  func placed<L: Layer>(_ layer: L) throws -> L {
    try layer.move(to: compute.device)
    return layer
  }

  /// The identity of every sample, −1 for none, and how many people there are.
  ///
  /// - Throws: `PretrainingError.noIdentities` where no sample has one.
  func identities() throws -> IdentityClasses {
    let identities = try (0..<dataset.count).map { try dataset.labels(at: $0).identity ?? -1 }
    guard identities.contains(where: { $0 >= 0 }) else {
      throw PretrainingError(
        code: .noIdentities,
        message: "none of the \(dataset.count) samples has an identity: this method needs a data"
          + " set with identities, such as lfw or synthetic")
    }
    return IdentityClasses(ofSample: identities.map(Int64.init), count: dataset.identityNames.count)
  }
}

/// Whom each sample of a data set shows.
struct IdentityClasses {
  let ofSample: [Int64]
  let count: Int

  /// The classes of a batch's views, int64 `[views · B]`, view by view.
  func labels(_ batch: MultiCropBatch, views: Int, device: Device) throws -> Tensor {
    let labels = batch.indices.map { ofSample[$0] }
    let repeated = (0..<views).flatMap { _ in labels }
    return try Tensor(repeated, shape: [repeated.count]).to(device)
  }
}

extension ProcessGroup? {
  /// The rows of all ranks' parts of a batch, in the order of one process that has the whole batch:
  /// `[views · B, D]`, view by view.
  func rows(_ x: Tensor, views: Int = 1) throws -> Tensor {
    try self?.gatheredRows(x, views: views) ?? x
  }
}

extension Generator {
  /// The stream of one purpose and step of a run.
  public convenience init(seed: UInt64, purpose: String, step: Int = 0) throws {
    var stream = RandomStream(seed: seed, purpose: purpose, epoch: step, index: 0)
    try self.init(seed: stream.next())
  }
}
