import Experiments

/// `sweep`: a command for every combination of its lists, or for some that are drawn.
enum Sweep {
  /// A label and the values that it goes through.
  struct Axis {
    let name: Name
    let expression: Expression
    /// nil: a single value, read as it stands.
    let elements: [Value]?
    /// Where a search draws from; nil goes through all elements.
    var dimension: SweepDimension?
  }

  @Sendable static func run(_ invocation: Invocation) throws -> Value {
    let arguments = invocation.positional
    let kinds = RunSpecification.Kind.swept.map(\.rawValue)
    let kindName = try invocation.keyword(arguments[0], for: "command", among: kinds)
    guard let kind = RunSpecification.Kind(rawValue: kindName) else { return .nothing }
    let reader = RequestReader(invocation: invocation, kind: kind)
    let settings = try SweepSettings(invocation)
    let requests = try requests(
      reader, methods: try methods(arguments[1], reader), settings: settings)
    let session = invocation.session
    let reusedBefore = session.reusedCount
    var runner = SweepRunner(session: session, settings: settings, requests: requests)
    let runs = try runner.run()
    let reused = session.reusedCount - reusedBefore
    let label = Set(requests.map(\.method.name)).sorted().joined(separator: ", ")
    session.emit(
      .note(
        "sweep \(kindName) \(label) · \(runs.count) runs, \(reused) reused" + runner.remainder))
    return .runs(runs)
  }

  /// One method or a list of them.
  private static func methods(
    _ expression: Expression, _ reader: RequestReader
  ) throws -> [MethodDefinition] {
    guard case .list(let items) = expression.kind else { return [try reader.method(expression)] }
    return try items.map { try reader.method($0) }
  }

  /// Every combination, the leftmost label varying slowest; in a search all that go with a trial
  /// stand together.
  static func requests(
    _ reader: RequestReader, methods: [MethodDefinition], settings: SweepSettings
  ) throws -> [JobRequest] {
    var requests: [JobRequest] = []
    for method in methods {
      let axes = try axes(reader, method, isSearch: settings.trials != nil)
      let fixed = combinations(axes.filter { $0.dimension == nil })
      let space = SweepSpace(
        axes: axes.compactMap { axis in
          axis.dimension.map { (axis.name, axis.expression, $0) }
        })
      try check(space, settings, reader)
      let trials = try space.draw(settings.trials ?? 1, by: settings.draw)
      try check(count: methods.count * fixed.count * trials.count, reader)
      for (number, trial) in trials.enumerated() {
        for combination in fixed {
          var request = try reader.request(method, arguments: combination + trial)
          if settings.trials != nil { request.trial = number + 1 }
          requests.append(request)
        }
      }
    }
    return try sharingArchitecture(requests, reader)
  }

  private static func check(count: Int, _ reader: RequestReader) throws {
    guard count > 10_000 else { return }
    throw ShellError(
      .outOfRange, "this sweep has \(count) runs", at: reader.invocation.call.range,
      expected: "at most 10,000")
  }

  private static func check(
    _ space: SweepSpace, _ settings: SweepSettings, _ reader: RequestReader
  ) throws {
    guard settings.trials != nil, space.axes.isEmpty else { return }
    throw ShellError(
      .missingArgument, "`trials:` has nothing to draw from", at: reader.invocation.call.range,
      expected: "an option with a list or range: learning-rate: 0.01...1")
  }

  private static func axes(
    _ reader: RequestReader, _ method: MethodDefinition, isSearch: Bool
  ) throws -> [Axis] {
    let invocation = reader.invocation
    let seeds = ["seed", "seeds"]
    if let second = invocation.labelled.filter({ seeds.contains($0.name.text) }).dropFirst().first {
      throw ShellError(
        .repeatedLabel, "`seed:` and `seeds:` are both given", at: second.name.range)
    }
    return try invocation.labelled.filter { !SweepSettings.isOwn($0.name.text) }.map {
      name, expression in
      let option = method.options.first { $0.name == name.text }
      if isSearch, let range = try range(expression, of: option, invocation.session) {
        return Axis(name: name, expression: expression, elements: nil, dimension: range)
      }
      var axis = try axis(name, expression, invocation.session)
      if isSearch, option != nil { axis.dimension = axis.elements.map { .choice($0) } }
      return axis
    }
  }

  private static func axis(_ name: Name, _ expression: Expression, _ session: Session) throws
    -> Axis
  {
    let isSeeds = name.text == "seeds"
    let name = isSeeds ? Name(text: "seed", range: name.range) : name
    let elements = try elements(expression, session)
    if name.text == "as", elements != nil {
      throw ShellError(.wrongType, "`as:` names one run", at: expression.range)
    }
    guard elements?.isEmpty != true else {
      throw ShellError(.outOfRange, "the list is empty", at: expression.range)
    }
    return Axis(name: name, expression: expression, elements: elements)
  }

  /// `0.01...1` of a number option; nil for anything else.
  private static func range(
    _ expression: Expression, of option: OptionDefinition?, _ session: Session
  ) throws -> SweepDimension? {
    guard case .range(let lower, let upper) = expression.kind, let option else { return nil }
    guard let low = try session.evaluate(lower).numeric,
      let high = try session.evaluate(upper).numeric, low < high
    else { return nil }
    switch option.kind {
    case .real: return .real(low...high)
    case .integer where low == low.rounded() && high == high.rounded():
      return .integer(Int(low)...Int(high))
    default: return nil
    }
  }

  /// The elements of a list; words stay words unless they are bound.
  private static func elements(_ expression: Expression, _ session: Session) throws -> [Value]? {
    if case .list(let items) = expression.kind {
      // `scratch` and the words of a choice go before variables of the same name.
      return try items.map { item in
        item.plainWord == "scratch" ? .symbol("scratch") : try session.evaluate(item)
      }
    }
    let value = try session.evaluate(expression)
    return value.isPlural ? value.elements : nil
  }

  private static func combinations(_ axes: [Axis]) -> [[RequestReader.Argument]] {
    axes.reduce([[]]) { partial, axis in
      partial.flatMap { prefix in
        (axis.elements.map { $0.map(Optional.some) } ?? [nil]).map { element in
          prefix + [
            RequestReader.Argument(name: axis.name, value: axis.expression, element: element)
          ]
        }
      }
    }
  }

  /// Runs from scratch take the architecture of the runs that they are compared with.
  static func sharingArchitecture(
    _ requests: [JobRequest], _ reader: RequestReader
  ) throws -> [JobRequest] {
    let parents = requests.compactMap(\.parent)
    guard let model = parents.first, requests.contains(where: { $0.parent == nil }) else {
      return requests
    }
    for name in JobRequest.architecture {
      let values = Set(parents.compactMap { $0.specification.options[name] })
      let isGiven = requests.allSatisfy { $0.options[name] != nil }
      if values.count > 1, !isGiven {
        throw ShellError(
          .mismatch,
          "the runs that it starts from differ in \(name) ("
            + values.map(\.shown).sorted().joined(separator: ", ") + ")",
          at: reader.invocation.call.range,
          notes: ["say which `\(name):` training from scratch is to have, in a sweep of its own"])
      }
    }
    return requests.map { request in
      var request = request
      if request.parent == nil { request.model = model }
      return request
    }
  }
}

extension RunSpecification.Kind {
  /// What a sweep can go through.
  static let swept: [Self] = [.pretrain, .adapt, .evaluate]
}
