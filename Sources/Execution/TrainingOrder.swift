import FaceData
import Synchronization

/// Which samples belong to which step: a seeded permutation an epoch, the remainder left over.
///
/// With groups, such as people, up to `groupSize` samples of a group stand side by side, so that a
/// batch has several of each.
///
/// Pure in (seed, step), so any thread may ask for any step, and a resumed run gets the same
/// batches. The last epoch's permutation is kept.
final class TrainingOrder: Sendable {
  let samples: [Int]
  let batch: Int
  let seed: UInt64
  /// Of each sample; empty mixes all.
  private let groups: [Int]
  private let groupSize: Int
  private let latest = Mutex<(epoch: Int, order: [Int])>((-1, []))

  /// - Precondition: `0 < batch <= samples.count`, checked by the callers with better words.
  init(samples: [Int], batch: Int, seed: UInt64, groups: [Int] = [], groupSize: Int = 1) {
    (self.samples, self.batch, self.seed) = (samples, batch, seed)
    (self.groups, self.groupSize) = (groups, groupSize)
  }

  var stepsPerEpoch: Int { samples.count / batch }

  func indices(of step: Int) -> [Int] {
    let (epoch, position) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    let order = permutation(epoch)
    return order[position * batch..<(position + 1) * batch].map { samples[$0] }
  }

  /// The part of a step's samples that one of several ranks has.
  func indices(of step: Int, rank: Int, of ranks: Int) -> [Int] {
    let count = batch / ranks
    return Array(indices(of: step)[rank * count..<(rank + 1) * count])
  }

  func epoch(of step: Int) -> Int { step / stepsPerEpoch }

  private func permutation(_ epoch: Int) -> [Int] {
    if let order = latest.withLock({ $0.epoch == epoch ? $0.order : nil }) { return order }
    let mixed = EpochOrder.indices(seed: seed, epoch: epoch, count: samples.count)
    let order = groups.isEmpty ? mixed : grouped(mixed, epoch: epoch)
    latest.withLock { $0 = (epoch, order) }
    return order
  }

  /// Cuts each group's samples, in the given order, into pieces, and mixes the pieces. Pieces that
  /// are not full come last: an epoch has the same samples, and most batches whole pieces.
  private func grouped(_ order: [Int], epoch: Int) -> [Int] {
    let members = Dictionary(grouping: order) { groups[$0] }
    let pieces = members.sorted { $0.key < $1.key }.flatMap { _, members in
      stride(from: 0, to: members.count, by: groupSize).map {
        Array(members[$0..<min($0 + groupSize, members.count)])
      }
    }
    var stream = RandomStream(seed: seed, purpose: "group-order", epoch: epoch)
    let mixed = stream.shuffled(pieces)
    return (mixed.filter { $0.count == groupSize } + mixed.filter { $0.count < groupSize })
      .flatMap { $0 }
  }
}
