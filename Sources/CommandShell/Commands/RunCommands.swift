import Experiments
import Notebooks

/// Commands that carry out runs.
enum RunCommands {
  static let shared: [CommandDefinition.Label] = [
    .init("on", "the data set; by default the last one defined, or that of the run it starts from"),
    .init("as", "the run's name"),
    .init("seed", "seed of every random draw, 1 by default"),
    .init("start", "false only enters the run into the store, for torchrun or srun to carry out"),
    .init("fresh", "true runs it again even where a finished run has the same inputs"),
  ]
  private static let from = CommandDefinition.Label(
    "from", "`scratch`, or the run whose weights it starts from")
  private static let test = CommandDefinition.Label(
    "test", "another data set to test on as a whole; by default a part of `on:`")
  private static let of = CommandDefinition.Label("of", "the run whose weights are evaluated")

  static let all: [CommandDefinition] = [
    CommandDefinition(
      "pretrain", .experiments, "trains a backbone",
      usage: "pretrain METHOD, on: DATASET, from: RUN, as: NAME, OPTION: VALUE, …",
      arguments: ["a method, such as swav"], labels: [from] + shared, acceptsOptions: true,
      effect: .runs
    ) { .runs([try perform($0, .pretrain, $0.positional[0])]) },
    CommandDefinition(
      "adapt", .experiments, "trains a task's head and backbone on labelled faces",
      usage: "adapt TASK, from: RUN, labels: 10%, on: DATASET, OPTION: VALUE, …",
      arguments: ["a task, such as landmarks"], labels: [from, test] + shared,
      acceptsOptions: true, effect: .runs
    ) { .runs([try perform($0, .adapt, $0.positional[0])]) },
    CommandDefinition(
      "evaluate", .experiments, "measures a run's features as they are, or an adapted run",
      usage: "evaluate verification, of: RUN, on: DATASET",
      arguments: ["an evaluation, such as verification"], labels: [of] + shared,
      acceptsOptions: true, effect: .runs
    ) { .runs([try perform($0, .evaluate, $0.positional[0])]) },
    CommandDefinition(
      "sweep", .experiments, "carries out a command for every combination of its lists",
      usage: "sweep adapt TASK, from: [scratch, RUN], labels: [1%, 10%], seeds: 1...3",
      arguments: ["pretrain, adapt or evaluate", "a method or task"],
      labels: SweepSettings.labels, acceptsOptions: true, effect: .runs, run: Sweep.run),
    Benchmark.command, PredictCommand.definition, SubmitCommand.command, WhyCommand.definition,
    ArtifactCommand.definition,
    CommandDefinition(
      "resume", .experiments, "goes on with a run that was paused or interrupted",
      usage: "resume [RUN]", arguments: ["a run"], required: 0, effect: .writes, run: resume),
  ]

  private static func perform(
    _ invocation: Invocation, _ kind: RunSpecification.Kind, _ method: Expression
  ) throws -> Run {
    let arguments = invocation.labelled.map {
      RequestReader.Argument(name: $0.name, value: $0.value)
    }
    let reader = RequestReader(invocation: invocation, kind: kind)
    let request = try reader.request(method: method, arguments: arguments)
    return try invocation.session.perform(request)
  }

  /// The run that was named, or the newest that can go on.
  @Sendable private static func resume(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let store = try session.store()
    _ = try store.markInterrupted()
    let resumable: Set<RunStatus> = [.paused, .interrupted, .failed, .queued]
    let run: Run
    if let expression = invocation.positional.first {
      run = try invocation.run(expression)
      guard resumable.contains(run.status) else {
        throw ShellError(
          .unknownRun, "\(run.name) is \(run.status.rawValue): there is nothing to resume",
          at: expression.range)
      }
    } else {
      let waiting: Set<RunStatus> = [.paused, .interrupted]
      guard let found = try store.runs(status: waiting, limit: 1).first else {
        throw ShellError(
          .unknownRun, "no run is paused or interrupted", at: invocation.call.name.range,
          notes: ["`resume RUN` tries a failed run again"])
      }
      run = found
    }
    session.emit(.note("\(run.name) · \(run.status.rawValue), goes on"))
    return .runs([try session.carryOut(run)])
  }
}

extension Invocation {
  /// A run: a variable that holds one, else a name or the start of an id.
  ///
  /// - Parameter needsWeights: a run that leaves none does not hide an earlier one of that name that
  ///   does, as where an evaluation is called like what it evaluates.
  func run(_ expression: Expression, needsWeights: Bool = false) throws -> Run {
    let value = try session.evaluate(expression)
    if case .runs(let runs) = value, runs.count == 1 { return runs[0] }
    guard let name = value.interpolated else {
      throw wrongType("run", "a run's name", value, expression)
    }
    if needsWeights, let run = try session.findRun(name, among: RunSpecification.Kind.withWeights) {
      return run
    }
    if let run = try session.findRun(name) { return run }
    let known = try session.runNames()
    throw ShellError(
      .unknownRun, "there is no run `\(name)`", at: expression.range,
      suggestion: nearestName(to: name, among: known),
      notes: known.isEmpty ? ["the store has no runs yet"] : ["`runs` lists them"])
  }

  /// One run or a list of them.
  func runs(_ expression: Expression) throws -> [Run] {
    if case .list(let items) = expression.kind { return try items.map { try run($0) } }
    let value = try session.evaluate(expression)
    if case .runs(let runs) = value { return runs }
    if case .list(let values) = value {
      return try values.map { value in
        try run(
          Expression(kind: .string([.text(value.interpolated ?? "")]), range: expression.range))
      }
    }
    return [try run(expression)]
  }
}

extension Session {
  /// The run of a name given in this session, the newest of that name, or the only one whose id
  /// begins with it (at least four letters); named ones of these kinds only.
  func findRun(
    _ name: String, among kinds: Set<RunSpecification.Kind> = Set(RunSpecification.Kind.allCases)
  ) throws -> Run? {
    if let run = plan?.run(named: name, among: kinds) { return run }
    guard let store = try storeIfAny() else { return nil }
    if let id = aliases[name], let run = try store.run(id: id), kinds.contains(run.kind) {
      return run
    }
    // A failed or paused attempt does not hide the finished run of that name.
    if let run = try store.run(named: name, kinds: kinds, status: [.finished]) { return run }
    if let run = try store.run(named: name, kinds: kinds) { return run }
    guard name.count >= 4, name.allSatisfy({ $0.isHexDigit || $0 == "-" }) else { return nil }
    let rows = try store.query(
      "SELECT uuid FROM runs WHERE uuid LIKE ? LIMIT 2", [.text(name.lowercased() + "%")]
    ).rows
    guard rows.count == 1, let id = rows[0].first?.textValue else { return nil }
    return try store.run(id: id)
  }

  func runNames(startingWith prefix: String = "", limit: Int = 20_000) throws -> [String] {
    guard let store = try storeIfAny() else { return [] }
    let rows = try store.query(
      "SELECT DISTINCT name FROM runs WHERE name >= ?1 AND name < ?1 || char(1114111) "
        + "ORDER BY name LIMIT ?2",
      [.text(prefix), .integer(Int64(limit))]
    ).rows
    return rows.compactMap { $0.first?.textValue } + aliases.keys
  }
}
