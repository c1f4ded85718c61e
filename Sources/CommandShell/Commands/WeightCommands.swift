import Digests
import Experiments
import Foundation

/// Commands that take weights in and give them out.
enum WeightCommands {
  static let importLabels: [CommandDefinition.Label] = [
    .init("as", "the run's name, the file's by default"),
    .init("fresh", "true imports again even where a run has the same file and options"),
  ]

  static let all: [CommandDefinition] = [
    CommandDefinition(
      "import", .experiments, "takes in weights from elsewhere, as a run to start from",
      usage: "import weights PATH, backbone: resnet50, as: NAME",
      arguments: ["weights", "a .safetensors or .pth file"], labels: importLabels,
      acceptsOptions: true, effect: .runs, run: importWeights),
    CommandDefinition(
      "export", .experiments, "writes a run's backbone with torchvision's names, and a model card",
      usage: "export RUN, to: backbone.safetensors", arguments: ["a finished run"],
      labels: [.init("to", "the file; the card lies beside it, as .md")], effect: .writes,
      run: export),
  ]

  @Sendable private static func importWeights(_ invocation: Invocation) throws -> Value {
    let reader = RequestReader(invocation: invocation, kind: .importing)
    let method = try reader.method(invocation.positional[0])
    let expression = invocation.positional[1]
    let given = try invocation.path(expression)
    let file = URL(fileURLWithPath: FileOutput.expanded(given)).standardizedFileURL
    let hash: String
    do {
      hash = try SHA256Digest.of(file: file).hex
    } catch {
      throw ShellError(.missingFile, "\(error)", at: expression.range)
    }
    var options = Dictionary(
      uniqueKeysWithValues: method.options.map { ($0.name, $0.defaultValue) })
    let arguments = invocation.labelled.map {
      RequestReader.Argument(name: $0.name, value: $0.value)
    }
    options.merge(try reader.options(of: method, arguments)) { $1 }
    let order = RunOrder(
      specification: RunSpecification(
        kind: .importing, method: method.name,
        data: .record(["kind": .text("weights"), "path": .text(file.path)]), options: options,
        seed: 1),
      name: try invocation.text("as") ?? file.deletingPathExtension().lastPathComponent,
      dataFingerprint: hash, isFresh: try invocation.flag("fresh") ?? false)
    return .runs([try invocation.session.perform(order)])
  }

  @Sendable private static func export(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    let run = try invocation.run(expression, needsWeights: true)
    guard let target = try invocation.argument("to").map({ try invocation.path($0) }) else {
      throw TableCommands.missing("to", invocation)
    }
    guard target.hasSuffix(".safetensors") else {
      throw ShellError(
        .unknownChoice, "`\(target)` is no safetensors file",
        at: invocation.argument("to")?.range, expected: "a name that ends in .safetensors")
    }
    let store = try invocation.session.store()
    guard let path = try store.artifactPath(run: run.id, name: "model") else {
      throw ShellError(
        .unknownRun, "\(run.name) has no weights: it is \(run.status.rawValue)",
        at: expression.range)
    }
    let source = store.folder.appendingPathComponent(path)
    let backbone: Data
    do {
      backbone = try BackboneFile.exported(source, run: run)
    } catch let error as ShellError {
      throw error
    } catch {
      throw ShellError(
        .missingFile, "the weights of \(run.name) cannot be read: \(error.localizedDescription)",
        at: expression.range)
    }
    let card = String(target.dropLast(".safetensors".count)) + ".md"
    try FileOutput.write(backbone, to: target)
    try FileOutput.write(try ModelCard(run, store: store, file: target).text, to: card)
    invocation.session.emit(.note("\(target) · \(card)"))
    return .nothing
  }
}
