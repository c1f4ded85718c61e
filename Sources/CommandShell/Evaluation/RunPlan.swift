import Experiments

/// What cells would carry out. While a session has a plan, its runs are looked up in the store; one
/// that is not there is taken for done, so that what follows from it can be looked up as well.
final class RunPlan {
  enum State: Hashable {
    /// Finished: used again.
    case cached
    /// Was stopped, and would go on.
    case resumed
    /// Would be carried out; why nothing in the store serves.
    case new(reason: String)
  }

  struct Entry {
    let run: Run
    let name: String
    let state: State
  }

  private(set) var entries: [Entry] = []
  /// By cache key.
  private var planned: [String: Run] = [:]

  /// The newest run of that name, of one of these kinds, that the plan would carry out.
  func run(named name: String, among kinds: Set<RunSpecification.Kind>) -> Run? {
    entries.last { $0.name == name && $0.state != .cached && kinds.contains($0.run.kind) }?.run
  }

  var isAllCached: Bool { entries.allSatisfy { $0.state == .cached } }

  func perform(_ order: RunOrder, in session: Session) throws -> Run {
    let key = try CacheKey.of(order.specification, dataFingerprint: order.dataFingerprint)
    if !order.isFresh, let run = planned[key] { return run }
    let store = try session.storeIfAny()
    if !order.isFresh, let run = try store?.finishedRun(cacheKey: key) {
      if run.name != order.name { session.aliases[order.name] = run.id }
      session.note(run)
      entries.append(Entry(run: run, name: order.name, state: .cached))
      return run
    }
    let run = try Run(
      planned: order.specification, name: order.name, dataFingerprint: order.dataFingerprint,
      parents: order.parents)
    planned[key] = run
    let waits = try order.isFresh ? nil : store?.resumableRun(cacheKey: key)
    let state: State =
      try waits == nil ? .new(reason: reason(for: order, store)) : .resumed
    entries.append(Entry(run: run, name: order.name, state: state))
    return run
  }

  private func reason(for order: RunOrder, _ store: Store?) throws -> String {
    if order.isFresh { return "`fresh: true`" }
    if let parent = order.parents.compactMap({ id in planned.values.first { $0.id == id } }).first {
      return "starts from \(parent.name), which has to run first"
    }
    guard let store,
      let nearest = try store.nearestRun(
        to: order.specification, dataFingerprint: order.dataFingerprint)
    else { return "nothing like it is in the store" }
    let texts = try nearest.differences.prefix(3).map { try RunComparison.text($0, in: store) }
    let more = nearest.differences.count > 3 ? ", …" : ""
    return "unlike \(nearest.run.name): " + texts.joined(separator: ", ") + more
  }
}

extension Session {
  /// Whether a plan has to evaluate a statement: it may carry out runs, by itself or by a function,
  /// or gives something a name.
  func mattersToPlan(_ statement: Statement) -> Bool {
    switch statement.kind {
    case .binding, .function: return true
    default: break
    }
    var (waiting, known) = ([statement].words, Set<String>())
    let words = waiting
    while let word = waiting.popFirst() {
      guard known.insert(word).inserted else { continue }
      if let function = functions[word] { waiting.formUnion(function.words) }
      guard let command = CommandCatalog.command(word) else { continue }
      let verbs = command.verbs.filter { words.contains($0.word) }
      if ([command] + verbs).contains(where: { [.runs, .names].contains($0.effect) }) {
        return true
      }
    }
    return false
  }
}

/// How two runs that are not the same differ, in words.
enum RunComparison {
  /// `epochs: 6 in place of 8`.
  static func text(_ difference: RunDifference, in store: Store) throws -> String {
    let name = label(difference.path)
    let value = try shown(difference.value, difference.path, store)
    return "\(name): \(value) in place of \(try shown(difference.other, difference.path, store))"
  }

  /// The path as the command's labels have it: `options.epochs` is `epochs`.
  static func label(_ path: String) -> String {
    if path == "initialization" { return "from" }
    return path.hasPrefix("options.") ? String(path.dropFirst("options.".count)) : path
  }

  /// A parent's cache key as the parent's name.
  static func shown(_ value: String?, _ path: String, _ store: Store) throws -> String {
    guard let value else { return "nothing" }
    guard path == "initialization" else { return value }
    if value == "nothing" { return "scratch" }
    guard let run = try store.finishedRun(cacheKey: value) else { return String(value.prefix(8)) }
    return "\(run.name) (\(run.id.prefix(8)))"
  }
}
