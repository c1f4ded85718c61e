import Experiments
import FaceData
import Foundation

/// Answers the line editor's questions about the language.
struct InputAssistant {
  let session: Session

  var hooks: EditorHooks {
    EditorHooks(
      isComplete: { Self.isComplete($0, functions: session.functionNames) },
      highlight: { Self.highlight($0) },
      complete: { complete($0, at: $1) })
  }

  // MARK: Complete texts

  /// Whether more lines could not mend the text: false inside of an open bracket or block, after a
  /// `|`, `,` or operator at its end.
  ///
  /// - Parameter functions: names that a `(` behind calls.
  static func isComplete(_ text: String, functions: Set<String> = []) -> Bool {
    let source = SourceText(name: "", text: text)
    do {
      _ = try Parser.parse(source, functions: functions) {
        CommandCatalog.command($0) != nil
      }
      return true
    } catch let error as ShellError {
      switch error.code {
      case .unclosedBracket: return false
      case .unterminatedString:
        return !(error.range.map { source.string($0) == "\"\"\"" } ?? false)
      case .unexpectedToken: return (error.range?.lower ?? 0) < text.utf8.count
      default: return true
      }
    } catch {
      return true
    }
  }

  /// Whether the text follows the grammar.
  static func isValid(_ text: String, functions: Set<String> = []) -> Bool {
    (try? Parser.parse(SourceText(name: "", text: text), functions: functions) {
      CommandCatalog.command($0) != nil
    }) != nil
  }

  // MARK: Explanations

  /// What is known of the word at a cursor: a command, a method or a variable.
  func explanation(_ text: String, at cursor: Int) -> String? {
    let source = SourceText(name: "", text: text)
    var lexer = Lexer(source)
    while let token = try? lexer.next(), token.kind != .end {
      guard token.range.lower <= cursor, cursor <= token.range.upper else { continue }
      let word = source.string(token.range)
      if let command = CommandCatalog.command(word) { return Help.page(command) }
      if let value = session.scope[word] { return "\(word): \(value.described)" }
      if let function = session.functions[word] { return function.usage }
      if let method = MethodCatalog.methods.first(where: { $0.name == word }) {
        return Help.page(method)
      }
    }
    return nil
  }

  // MARK: Colours

  static func highlight(_ text: String) -> [StyledSpan] {
    let source = SourceText(name: "", text: text)
    var lexer = Lexer(source)
    var spans: [StyledSpan] = []
    var isHead = true
    while let token = try? lexer.next(), token.kind != .end {
      if token.startsLine { isHead = true }
      if let style = style(of: token, isHead: isHead, source) {
        spans.append(StyledSpan(token.range.lower..<token.range.upper, style))
      }
      isHead = beginsStage(after: token)
    }
    return spans
  }

  private static func style(of token: Token, isHead: Bool, _ source: SourceText) -> TextStyle? {
    switch token.kind {
    case .keyword: return TextStyle(.magenta)
    case .string: return TextStyle(.green)
    case .integer, .real, .percent, .duration: return TextStyle(.cyan)
    case .label: return TextStyle(.yellow)
    case .word where isHead:
      return CommandCatalog.command(source.string(token.range)) == nil
        ? nil : TextStyle(.blue, isBold: true)
    default: return nil
    }
  }

  private static func beginsStage(after token: Token) -> Bool {
    switch token.kind {
    case .mark(.pipe), .mark(.semicolon), .mark(.openBrace), .mark(.assign),
      .mark(.openParenthesis):
      return true
    default: return false
    }
  }

  // MARK: Completion

  /// Commands at the head of a stage; behind it methods, labels, variables, runs and files.
  func complete(_ text: String, at cursor: Int) -> [Completion] {
    let bytes = Array(text.utf8.prefix(cursor))
    let start = Self.wordStart(bytes)
    let prefix = String(decoding: bytes[start...], as: UTF8.self)
    let before = String(decoding: bytes[..<start], as: UTF8.self)
    let stage = Self.stageWords(before)
    if let members = members(prefix, start: start, cursor: cursor) { return members }
    var found: [Completion] = []
    var offered: Set<String> = []
    func offer(_ names: some Sequence<String>, suffix: String = "", detail: String? = nil) {
      for name in names
      where name.hasPrefix(prefix) && name != prefix && offered.insert(name).inserted {
        found.append(
          Completion(replacing: start..<cursor, with: name + suffix, label: name, detail: detail))
      }
    }
    guard let command = stage.first else {
      for command in CommandCatalog.commands where command.name.hasPrefix(prefix) {
        found.append(
          Completion(
            replacing: start..<cursor, with: command.name + " ", label: command.name,
            detail: command.summary))
      }
      offer(session.functionNames.sorted(), suffix: "(", detail: "function")
      offer(session.scope.names.sorted(), detail: "variable")
      return found
    }
    offer(methods(of: stage), detail: "method")
    if !before.hasSuffix(": ") { offer(labels(of: stage), suffix: ": ", detail: "option") }
    offer(choices(before, stage), detail: "value")
    offer(tableWords(before, stage, prefix: prefix), detail: "table")
    offer(session.scope.names.sorted(), detail: "variable")
    if Self.takesRuns(command, before) {
      offer((try? session.runNames(startingWith: prefix, limit: 2000)) ?? [], detail: "run")
    }
    offer(Self.files(prefix), detail: "file")
    return found
  }

  /// What can stand behind the last dot of `run.metrics.l`; nil where no variable stands first.
  private func members(_ prefix: String, start: Int, cursor: Int) -> [Completion]? {
    guard let dot = prefix.lastIndex(of: "."), !prefix.contains("/"),
      let first = prefix.split(separator: ".").first, let owner = session.scope[String(first)]
    else { return nil }
    let path = prefix[..<dot].split(separator: ".").dropFirst().map(String.init)
    guard let value = try? session.member(path, of: owner, locate: { _ in }),
      let members = try? session.members(of: value)
    else { return [] }
    let typed = prefix[prefix.index(after: dot)...]
    return members.filter { $0.name.hasPrefix(typed) && $0.name != typed }.map { member in
      Completion(
        replacing: start..<cursor, with: prefix[...dot] + member.name, label: member.name,
        detail: "member")
    }
  }

  private static func wordStart(_ bytes: [UInt8]) -> Int {
    let ends = Set(" \t\n,|()[]{};=\"".utf8)
    return (bytes.lastIndex { ends.contains($0) } ?? -1) + 1
  }

  /// The words of the stage that the cursor is in, before the word at the cursor.
  private static func stageWords(_ before: String) -> [String] {
    let stage = before.split(omittingEmptySubsequences: false) { "|;{\n(".contains($0) }.last ?? ""
    var words = stage.split { " ,\t".contains($0) }.map(String.init)
    if words.first == "let", let sign = words.firstIndex(of: "=") { words.removeFirst(sign + 1) }
    return words
  }

  /// The kind of run that a stage is about: `sweep adapt` is about `adapt`.
  private func kind(of stage: [String]) -> RunSpecification.Kind? {
    let word = stage.first == "sweep" ? stage.dropFirst().first : stage.first
    return word.flatMap(RunSpecification.Kind.init)
  }

  private func methods(of stage: [String]) -> [String] {
    switch stage {
    case ["sweep"]: return RunSpecification.Kind.swept.map(\.rawValue)
    case ["help"]: return CommandCatalog.names
    case ["synthetic"]: return FaceWorldSettings.Profile.allCases.map(\.rawValue)
    case ["data"]: return DataCommands.verbs.map(\.word) + DataCommands.kinds
    case ["help", "data"]: return DataCommands.verbs.map(\.word)
    case ["plot"]: return PlotCommand.kinds
    case ["notebook"]: return NotebookCommands.verbs.map(\.word)
    default:
      let isNext = stage.count == (stage.first == "sweep" ? 2 : 1)
      guard isNext, let kind = kind(of: stage) else { return [] }
      return MethodCatalog.methods.filter { $0.kind == kind }.map(\.name)
    }
  }

  private func method(of stage: [String]) -> MethodDefinition? {
    guard let kind = kind(of: stage) else { return nil }
    return stage.lazy.compactMap { MethodCatalog.method(kind, $0) }.first
  }

  private func labels(of stage: [String]) -> [String] {
    let command = stage.first.flatMap { CommandCatalog.command($0) }
    let verb = stage.dropFirst().first.flatMap { command?.verb($0) }
    let own = (verb ?? command)?.labels.map(\.name) ?? []
    let kindLabels =
      stage.first == "sweep"
      ? kind(of: stage).map { ["on"] + ($0 == .adapt ? ["from"] : []) } ?? [] : []
    let given = Set(stage.filter { $0.hasSuffix(":") }.map { String($0.dropLast()) })
    return (own + kindLabels + (method(of: stage)?.options.map(\.name) ?? []))
      .filter { !given.contains($0) }
  }

  private func choices(_ before: String, _ stage: [String]) -> [String] {
    guard let label = stage.last, label.hasSuffix(":"), before.hasSuffix(" "),
      let option = method(of: stage)?.options.first(where: { $0.name + ":" == label }),
      case .choice(let names) = option.kind
    else { return [] }
    return names
  }

  private static func takesRuns(_ command: String, _ before: String) -> Bool {
    let takers = ["show", "metrics", "faces", "resume", "watch", "pause", "stop"]
    if takers.contains(command) { return true }
    if command == "data", before.hasSuffix("by: ") { return true }
    return ["from:", "of:", "[", ", "].contains {
      before.hasSuffix($0) || before.hasSuffix($0 + " ")
    }
  }

  /// Files and folders that begin with a path; only for words that look like one.
  private static func files(_ prefix: String) -> [String] {
    guard prefix.contains("/") else { return [] }
    let slash = prefix.lastIndex(of: "/") ?? prefix.startIndex
    let folder = String(prefix[...slash])
    let names = try? FileManager.default.contentsOfDirectory(atPath: FileOutput.expanded(folder))
    return (names ?? []).filter { !$0.hasPrefix(".") }.sorted().prefix(200).map { folder + $0 }
  }
}
