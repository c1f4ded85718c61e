import Foundation

/// Where a job is to pause by itself.
struct JobLimits {
  /// Share of its steps.
  var share: Double?
  var deadline: Date?

  func isReached(done: Int, of steps: Int) -> Bool {
    if let share, done >= Int((share * Double(steps)).rounded(.up)), done < steps { return true }
    return deadline.map { Date() >= $0 } ?? false
  }
}
