import Experiments
import FaceData
import Foundation
import Statistics

/// The values that a search draws an option from.
enum SweepDimension {
  case choice([Value])
  /// With its ends; logarithmic where they differ tenfold.
  case real(ClosedRange<Double>)
  case integer(ClosedRange<Int>)

  /// The value at a place in [0, 1).
  func value(at place: Double) -> Value {
    switch self {
    case .choice(let values):
      return values[min(Int(place * Double(values.count)), values.count - 1)]
    case .real(let range):
      // Four digits: a figure that a person can give again.
      let value = Self.between(range.lowerBound, range.upperBound, place)
      return .number(min(max(Self.rounded(value), range.lowerBound), range.upperBound))
    case .integer(let range):
      // Each number has a stretch of its own.
      let value = Self.between(Double(range.lowerBound), Double(range.upperBound) + 1, place)
      return .integer(min(Int(value.rounded(.down)), range.upperBound))
    }
  }

  private static func between(_ low: Double, _ high: Double, _ place: Double) -> Double {
    guard low > 0, high / low >= 10 else { return low + (high - low) * place }
    return low * pow(high / low, place)
  }

  private static func rounded(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let scale = pow(10, 3 - floor(log10(abs(value))))
    return (value * scale).rounded() / scale
  }
}

/// Where a search draws its combinations of options.
struct SweepSpace {
  typealias Axis = (name: Name, expression: Expression, dimension: SweepDimension)
  let axes: [Axis]
  /// The same command draws the same combinations.
  private static let seed: UInt64 = 1
  private static let mostTries = 50

  /// The arguments of each of `count` trials, no two alike; fewer where there are not so many.
  func draw(_ count: Int, by draw: SweepSettings.Draw) throws -> [[RequestReader.Argument]] {
    var stream = RandomStream(seed: Self.seed, purpose: "sweep")
    func uniform() -> [Double] { axes.map { _ in Double(stream.uniform()) } }
    let sequence = try HaltonSequence(shifts: draw == .halton ? uniform() : [])
    var (trials, known): ([[RequestReader.Argument]], Set<[String?]>) = ([], [])
    // Whole numbers and lists repeat themselves.
    for index in 0..<count * Self.mostTries where trials.count < count {
      let place = draw == .halton ? sequence.point(index) : uniform()
      let values = zip(axes, place).map { $0.dimension.value(at: $1) }
      guard known.insert(values.map(\.interpolated)).inserted else { continue }
      trials.append(
        zip(axes, values).map { axis, value in
          RequestReader.Argument(name: axis.name, value: axis.expression, element: value)
        })
    }
    return trials
  }
}
