import Foundation
import Testing

@testable import FaceModels
@testable import Torch

/// Checkpoints that Goldens/make_weights.py wrote with torch.save and safetensors.
struct ForeignWeightsTests {
  private func file(_ name: String) throws -> URL {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Goldens/weights/\(name)")
  }

  private func makeBackbone(width: Int = 1) throws -> ResNet {
    try ResNet(depth: 18, width: width, generator: Generator(seed: 1))
  }

  private func expect(_ backbone: ResNet, shiftedBy shift: Double = 0) throws {
    for item in backbone.state {
      let values = try item.tensor.contiguous().doubles()
      guard !item.name.hasSuffix("num_batches_tracked") else {
        #expect(values == [7])
        continue
      }
      let expected = try (hashed(item.tensor.shape, item.name).to(.float32) + shift).doubles()
      #expect(values == expected, "\(item.name)")
    }
  }

  @Test(
    "the paper's checkpoints load unchanged, in both of torch.save's formats",
    arguments: ["paper_zip.pth", "paper_legacy.pth"])
  func paper(name: String) throws {
    let backbone = try makeBackbone()
    let weights = try ForeignWeights(WeightFile.load(file(name)), for: backbone)
    #expect(weights.prefix == "state_dict.module.base_net.")
    #expect(weights.missing.isEmpty && weights.matched.count == backbone.state.count)
    #expect(weights.unused.contains("state_dict.module.projection_head.0.weight"))
    try backbone.load(weights.matched)
    try expect(backbone)
  }

  @Test("torchvision's names load from safetensors, the classifier left out")
  func plain() throws {
    let backbone = try makeBackbone()
    let weights = try ForeignWeights(WeightFile.load(file("plain.safetensors")), for: backbone)
    #expect(weights.prefix == "" && weights.unused == ["fc.weight"])
    try backbone.load(weights.matched)
    try expect(backbone)
  }

  @Test("of MoCo's two encoders the trained one is taken, and the other where it is asked for")
  func moco() throws {
    let backbone = try makeBackbone()
    let tensors = try WeightFile.load(file("moco.pth"))
    try backbone.load(ForeignWeights(tensors, for: backbone).matched)
    try expect(backbone)
    let other = try ForeignWeights(
      tensors, for: backbone, prefix: "state_dict.module.encoder_k.")
    try backbone.load(other.matched)
    try expect(backbone, shiftedBy: 1)
  }

  @Test("weights of another shape are refused with what the file seems to hold")
  func misfit() throws {
    let tensors = try WeightFile.load(file("plain.safetensors"))
    #expect {
      try ForeignWeights(tensors, for: makeBackbone(width: 2))
    } throws: { error in
      "\(error)".contains("is [1, 3, 7, 7], [2, 3, 7, 7] is due")
        && "\(error)".contains("backbone: resnet18, width: 1, stem: standard")
    }
    #expect {
      try ForeignWeights(
        tensors, for: ResNet(depth: 34, width: 1, generator: Generator(seed: 1)))
    } throws: { "\($0)".contains("tensors are missing, such as layer1.2.conv1.weight") }
  }

  @Test("no damaged byte of a checkpoint traps", arguments: ["paper_zip.pth", "paper_legacy.pth"])
  func damage(name: String) throws {
    let whole = try Data(contentsOf: file(name))
    let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: place) }
    var refused = 0
    for step in 0..<60 {
      var damaged = whole
      if step < 20 {
        damaged = damaged.prefix(whole.count * step / 20)
      } else {
        // Most instructions stand in the first kilobytes.
        let at = (step * 7919) % min(damaged.count, 9_000)
        damaged[damaged.startIndex + at] ^= UInt8(1 << (step % 8))
      }
      try damaged.write(to: place)
      do { _ = try WeightFile.load(place) } catch { refused += 1 }
    }
    #expect(refused >= 20)
  }
}
