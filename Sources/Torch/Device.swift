import CTorch
import Foundation

/// Where a tensor lives and is computed.
///
/// Ask `isAvailable` or `best()` before the first tensor is made: libtorch_cuda is loaded then, and
/// torch does not look again for devices once it has differentiated something.
public enum Device: Hashable, Sendable, CustomStringConvertible {
  case cpu
  case cuda(Int)

  /// The first CUDA device when there is one, else the CPU.
  public static func best() -> Device { ft_cuda_count() > 0 ? .cuda(0) : .cpu }

  /// `auto`, `cpu`, `cuda` or `cuda:1`.
  /// - Throws: `TensorError.invalidArgument` for another name, `.unsupported` when it is not present.
  public init(named name: String) throws {
    switch name {
    case "auto": self = .best()
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      guard name.hasPrefix("cuda:"), let index = Int(name.dropFirst(5)), index >= 0 else {
        throw TensorError(
          .invalidArgument, "no device is called “\(name)”; there are auto, cpu, cuda and cuda:1")
      }
      self = .cuda(index)
    }
    guard isAvailable else {
      let count = ft_cuda_count()
      throw TensorError(
        .unsupported, "device \(self) is not present (\(count) CUDA devices); use device: cpu")
    }
  }

  public var isAvailable: Bool {
    switch self {
    case .cpu: true
    case .cuda(let index): index >= 0 && index < Int(ft_cuda_count())
    }
  }

  public var isCUDA: Bool { self != .cpu }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  /// Waits until the device has done its work: for honest timings.
  public func synchronize() throws {
    guard case .cuda(let index) = self else { return }
    try checked("synchronize") { ft_cuda_synchronize(Int32(index), $0) }
  }

  var raw: ft_device {
    switch self {
    case .cpu: ft_device(cuda: false, index: 0)
    case .cuda(let index): ft_device(cuda: true, index: Int32(clamping: index))
    }
  }

  init(raw: ft_device) { self = raw.cuda ? .cuda(Int(raw.index)) : .cpu }
}

/// The element type of the heavy operations under autocast.
public enum Precision: String, CaseIterable, Sendable {
  case float32, bfloat16
  /// With a scaled loss, on GPUs that have no bfloat16 and processors with AVX512-FP16.
  case float16

  /// bfloat16 where the hardware multiplies it faster than float32, else float32; for convolutions whose
  /// loss is scaled, float16 where only that is faster.
  ///
  /// CPU: the flag amx_bf16 in /proc/cpuinfo, or AMD's avx512_bf16. Intel's cores multiply without AMX
  /// at half the rate of float32 (Tests/Benchmarks/precisions.py), which is what a virtual machine has left
  /// that hides AMX; convolutions of float16 by AVX512-FP16 take about half of float32's time (kernels.py).
  /// CUDA: compute capability ≥ 8.0.
  public static func best(for device: Device, scaledConvolutions: Bool = false) -> Precision {
    switch device {
    case .cpu where processorGainsFromBFloat16: .bfloat16
    case .cpu: scaledConvolutions && ft_processor_has_float16() ? .float16 : .float32
    case .cuda(let index): ft_cuda_capability(Int32(clamping: index)) >= 80 ? .bfloat16 : .float32
    }
  }

  /// Whether `float16` is for the device: a GPU, or a processor with AVX512-FP16.
  public static func hasFloat16(on device: Device) -> Bool {
    device.isCUDA || ft_processor_has_float16()
  }

  /// `auto`, `float32`, `bfloat16` or `float16`.
  /// - Throws: `TensorError.invalidArgument` for another name.
  public init(named name: String, for device: Device) throws {
    if name == "auto" {
      self = .best(for: device)
    } else if let precision = Precision(rawValue: name) {
      self = precision
    } else {
      throw TensorError(
        .invalidArgument,
        "no precision is called “\(name)”; there are auto, float32, bfloat16 and"
          + " float16")
    }
  }

  private static let processorGainsFromBFloat16: Bool = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
      return false
    }
    return gainsFromBFloat16(text)
  }()

  static func gainsFromBFloat16(_ cpuinfo: String) -> Bool {
    let lines = cpuinfo.split(separator: "\n")
    guard let flags = lines.first(where: { $0.hasPrefix("flags") })?.split(separator: " ") else {
      return false
    }
    let isAMD = lines.contains { $0.hasPrefix("vendor_id") && $0.hasSuffix("AuthenticAMD") }
    return flags.contains("amx_bf16") || isAMD && flags.contains("avx512_bf16")
  }
}
