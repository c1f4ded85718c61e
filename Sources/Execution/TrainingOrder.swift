import FaceData
import Synchronization

/// Which samples belong to which step: a seeded permutation an epoch, the remainder left over.
///
/// Pure in (seed, step), so any thread may ask for any step, and a resumed run gets the same
/// batches. The last epoch's permutation is kept.
final class TrainingOrder: Sendable {
  let samples: [Int]
  let batch: Int
  let seed: UInt64
  private let latest = Mutex<(epoch: Int, order: [Int])>((-1, []))

  /// - Precondition: `0 < batch <= samples.count`, checked by the callers with better words.
  init(samples: [Int], batch: Int, seed: UInt64) {
    (self.samples, self.batch, self.seed) = (samples, batch, seed)
  }

  var stepsPerEpoch: Int { samples.count / batch }

  func indices(of step: Int) -> [Int] {
    let (epoch, position) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    let order = permutation(epoch)
    return order[position * batch..<(position + 1) * batch].map { samples[$0] }
  }

  func epoch(of step: Int) -> Int { step / stepsPerEpoch }

  private func permutation(_ epoch: Int) -> [Int] {
    if let order = latest.withLock({ $0.epoch == epoch ? $0.order : nil }) { return order }
    let order = EpochOrder.indices(seed: seed, epoch: epoch, count: samples.count)
    latest.withLock { $0 = (epoch, order) }
    return order
  }
}
