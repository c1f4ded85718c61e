import Experiments
import Statistics

/// `why`: what kept a run from being a finished one used again.
enum WhyCommand {
  static let definition = CommandDefinition(
    "why", .experiments, "why a run was made anew: what differs from the finished run most like it",
    usage: "why RUN", arguments: ["a run"], run: run)

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let run = try invocation.run(invocation.positional[0])
    let store = try session.store()
    session.emit(.note("\(title(run)) · cache key \(run.cacheKey.prefix(12))"))
    guard
      let (other, differences) = try store.nearestRun(
        to: run.specification, dataFingerprint: run.dataFingerprint, except: run.id)
    else {
      session.emit(
        .text("no other \(run.kind.rawValue) \(run.method) in the store has finished"))
      return .nothing
    }
    guard !differences.isEmpty else {
      session.emit(
        .text(
          "\(title(other)) has the same inputs: it was not finished when \(run.name) began, "
            + "or `fresh: true` was given"))
      return .nothing
    }
    session.emit(
      .note("the finished run most like it is \(title(other)); it was not used again, since"))
    let rows = try differences.map { difference in
      [
        .text(RunComparison.label(difference.path)),
        .text(try RunComparison.shown(difference.value, difference.path, store)),
        .text(try RunComparison.shown(difference.other, difference.path, store)),
      ] as [Statistics.Cell]
    }
    let names = run.name == other.name ? [run.id, other.id].map { String($0.prefix(8)) } : nil
    return .table(
      Table(
        DataFrame(
          columns: ["what differs", names?[0] ?? run.name, names?[1] ?? other.name], rows: rows),
        runs: [run.id, other.id]))
  }

  private static func title(_ run: Run) -> String {
    let state = run.status == .finished ? "" : ", \(run.status.rawValue)"
    return "\(run.name) (\(run.id.prefix(8))\(state)) of \(Session.day(run.created))"
  }
}
