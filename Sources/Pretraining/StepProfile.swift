public import Torch

/// Where the time of training steps goes.
public struct StepProfile {
  public enum Part: String, CaseIterable, Sendable {
    /// Waiting for the next batch.
    case data
    case forward
    case backward
    /// Clipping, optimizer, averages.
    case update
    /// Curves, progress, checkpoints, probe.
    case other
  }

  private var seconds: [Part: Double] = [:]
  private let device: Device
  private let clock = ContinuousClock()

  /// - Parameter device: waited for after each part; the CPU never needs to be.
  public init(device: Device = .cpu) { self.device = device }

  /// Runs a part and adds its time.
  public mutating func measure<Result>(_ part: Part, _ body: () throws -> Result) throws -> Result {
    let start = clock.now
    let result = try body()
    try device.synchronize()
    let (whole, fraction) = (clock.now - start).components
    seconds[part, default: 0] += Double(whole) + Double(fraction) * 1e-18
    return result
  }

  public func seconds(_ part: Part) -> Double { seconds[part] ?? 0 }

  /// `data 3% · forward 41% · …`, with the milliseconds of a step.
  public func summary(steps: Int) -> String {
    let total = seconds.values.reduce(0, +)
    guard total > 0, steps > 0 else { return "no step was measured" }
    let parts = Part.allCases.map { part in
      "\(part.rawValue) \(Int((100 * seconds(part) / total).rounded()))%"
    }
    let milliseconds = (total / Double(steps) * 10_000).rounded() / 10
    return "a step takes \(milliseconds) ms: " + parts.joined(separator: " · ")
  }
}
