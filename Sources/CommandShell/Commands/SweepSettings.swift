import Experiments

/// What `sweep` takes beside the labels of the command that it repeats.
struct SweepSettings {
  enum Draw: String, CaseIterable {
    /// Quasi-random: Halton's sequence, which leaves no large part of the space untried.
    case halton
    case random
  }

  /// Combinations to draw; nil goes through all of them.
  var trials: Int?
  var draw = Draw.halton
  /// Whether hopeless runs are stopped on the way, by successive halving.
  var isPruned = false
  /// The metric that decides who is hopeless; nil is chosen from the runs' options.
  var criterion: String?
  /// The most time that all runs may take together.
  var budgetSeconds: Double?
  private var keepsGoing = false
  /// Whether a failed run is left behind. In a search it counts as the worst.
  var passesFailures: Bool { keepsGoing || isPruned || trials != nil }

  static let labels: [CommandDefinition.Label] = [
    .init("seeds", "a list or range of seeds"),
    .init(
      "trials",
      "draws so many combinations of the options' lists and ranges (`learning-rate: 0.01...1`)"
        + " instead of going through all"),
    .init("draw", "with trials: halton (quasi-random, by default) or random"),
    .init(
      "prune",
      "halving: a third goes on after 1/9 and 1/3 of the steps, the others stay paused"),
    .init("by", "with prune: the metric that decides; by default the probe, else the loss"),
    .init("at-most", "the time that all its runs may take together: 2h"),
    .init("keep-going", "true: a run that fails is noted and the others are carried out"),
  ]
  private static let own = Set(labels.map(\.name)).subtracting(["seeds"])

  static func isOwn(_ label: String) -> Bool { own.contains(label) }

  init(_ invocation: Invocation) throws {
    trials = try invocation.integer("trials", in: 1...10_000)
    if let word = invocation.argument("draw") {
      let names = Draw.allCases.map(\.rawValue)
      draw = Draw(rawValue: try invocation.keyword(word, for: "draw", among: names)) ?? .halton
      guard trials != nil else {
        throw ShellError(
          .missingArgument, "`draw:` needs `trials:`", at: word.range,
          expected: "how many combinations to draw")
      }
    }
    if let word = invocation.argument("prune") {
      isPruned =
        try invocation.keyword(word, for: "prune", among: ["none", "halving"]) == "halving"
    }
    criterion = try invocation.text("by")
    keepsGoing = try invocation.flag("keep-going") ?? false
    if let expression = invocation.argument("at-most") {
      let value = try invocation.session.evaluate(expression)
      guard case .duration(let seconds) = value, seconds > 0 else {
        throw invocation.wrongType("at-most:", "a length of time such as 2h", value, expression)
      }
      budgetSeconds = seconds
    }
  }
}
