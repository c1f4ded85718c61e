import Notebooks

/// `examples`: things that can be done, as they are typed.
enum ExampleCommand {
  struct Example: Sendable {
    let topic: String
    let title: String
    let code: String
  }

  static let definition = CommandDefinition(
    "examples", .session, "things that can be done, as they are typed", usage: "examples [TOPIC]",
    arguments: ["a topic or a command"], required: 0, run: run)

  /// In an order in which each has what it needs, if the ones before have run.
  static let all: [Example] = [
    Example(
      topic: "data", title: "a set of rendered faces with exact labels",
      code: "let wild = synthetic wild, identities: 400, images: 20_000, seed: 1"),
    Example(topic: "data", title: "what it looks like", code: "sheet wild, count: 24, columns: 8"),
    Example(
      topic: "pretrain", title: "train a backbone without labels",
      code: "pretrain swav, on: wild, backbone: resnet18, epochs: 20, as: swav-wild"),
    Example(
      topic: "pretrain", title: "why a run was not used again", code: "why swav-wild"),
    Example(
      topic: "adapt", title: "adapt it at several label budgets, and training from scratch",
      code: "sweep adapt landmarks, from: [scratch, swav-wild], labels: [1%, 10%], seeds: 1...3"),
    Example(
      topic: "adapt", title: "every task at once, quickly",
      code: "benchmark [scratch, swav-wild], tasks: all, quick: true"),
    Example(
      topic: "tables", title: "mean ± deviation over seeds",
      code:
        "results | where task == landmarks | pivot rows: from, columns: labels, value: nme"),
    Example(
      topic: "tables", title: "the best five runs",
      code: "results | where task == landmarks | sort by: nme | select name, nme | limit 5"),
    Example(
      topic: "tables", title: "anything, by SQL",
      code: "sql \"SELECT name, status, duration FROM run_overview LIMIT 5\""),
    Example(topic: "tables", title: "a wide table by itself", code: "results | pager"),
    Example(
      topic: "plots", title: "error against labels, a line for each initialisation",
      code: "results | where task == landmarks | plot line, x: labels, y: nme, color: from"),
    Example(
      topic: "plots", title: "training curves, saved",
      code:
        "metrics swav-wild, names: [loss] | plot line, x: step, y: value | save reports/loss.pdf"),
    Example(
      topic: "language", title: "a function, and a loop",
      code: """
        func few-shot(task:) { sweep adapt task, from: [scratch, swav-wild], labels: [1%], seeds: 1...2 }
        for task in [emotion, recognition] { few-shot task: task }
        """),
    Example(
      topic: "language", title: "a run's members",
      code:
        "let run = pretrain swav, on: wild, epochs: 20, as: swav-wild\nprint run.metrics.loss.last"),
    Example(
      topic: "notebooks", title: "keep the session as a notebook",
      code: "notebook save reports/few-shot.md"),
  ]

  private static var topics: [String] {
    all.map(\.topic).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    var shown = all
    if let expression = invocation.positional.first {
      let topic = try expression.plainWord ?? invocation.text(expression, for: "topic")
      shown = all.filter { $0.topic == topic || words(of: $0.code).contains(topic) }
      guard !shown.isEmpty else {
        throw ShellError(
          .unknownTopic, "there are no examples of `\(topic)`", at: expression.range,
          suggestion: nearestName(to: topic, among: topics + CommandCatalog.names),
          notes: ["topics: " + topics.joined(separator: ", ")])
      }
    }
    var lines: [String] = []
    for topic in topics {
      let examples = shown.filter { $0.topic == topic }
      if !examples.isEmpty { lines.append(topic) }
      for example in examples {
        lines.append("  # " + example.title)
        lines += example.code.split(separator: "\n").map { "  " + $0 }
      }
    }
    invocation.session.emit(.text(lines.joined(separator: "\n")))
    return .nothing
  }

  private static func words(of code: String) -> [String] {
    code.split { !($0.isLetter || $0 == "-") }.map(String.init)
  }
}
