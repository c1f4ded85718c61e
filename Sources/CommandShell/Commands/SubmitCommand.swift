import Experiments
import Foundation

/// `submit slurm`: writes the batch script of a run and hands it to `sbatch`.
enum SubmitCommand {
  static let command = CommandDefinition(
    "submit", .experiments, "has Slurm carry out a run, on several nodes where asked for",
    usage: "submit slurm, run: RUN, nodes: 4, gpus: 8, time: 12h", arguments: ["slurm"],
    labels: [
      .init("run", "a run that waits: `pretrain …, start: false` enters one"),
      .init("nodes", "machines, 1 by default"),
      .init("gpus", "GPUs of each, one process each; none by default"),
      .init("ranks", "processes on each machine where there are no GPUs, 1 by default"),
      .init("time", "the job's limit, such as 12h; shortly before it the run pauses"),
      .init("partition", "Slurm's partition"),
      .init("send", "false only writes the script"),
    ], effect: .writes, run: run)

  struct Job {
    var name: String
    var nodes = 1
    var gpus = 0
    var ranks = 1
    var seconds: Double?
    var partition: String?
    var log: String
    /// The engine and its arguments.
    var words: [String]

    /// The batch script: Slurm starts every rank, and each takes its number from Slurm's variables.
    var script: String {
      var lines = [
        "--job-name=\(name)", "--nodes=\(nodes)", "--ntasks-per-node=\(gpus > 0 ? gpus : ranks)",
        "--output=\(log)", "--open-mode=append",
      ]
      if gpus > 0 { lines.append("--gpus-per-node=\(gpus)") }
      if let seconds {
        lines.append("--time=\(max(1, Int((seconds / 60).rounded(.up))))")
        // Two minutes for the checkpoint.
        lines.append("--signal=TERM@120")
      }
      if let partition { lines.append("--partition=\(partition)") }
      let settings = lines.map { "#SBATCH " + $0 + "\n" }.joined()
      return "#!/bin/bash\n" + settings + "srun " + words.map(Self.quoted).joined(separator: " ")
        + "\n"
    }

    private static func quoted(_ word: String) -> String {
      let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
  }

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    _ = try invocation.keyword(invocation.positional[0], for: "scheduler", among: ["slurm"])
    guard let expression = invocation.argument("run") else {
      throw TableCommands.missing("run", invocation)
    }
    let run = try invocation.run(expression)
    guard run.status != .finished, run.status != .running else {
      throw ShellError(
        .unknownRun, "\(run.name) is \(run.status.rawValue)", at: expression.range,
        notes: ["`pretrain …, start: false` enters a run that waits"])
    }
    let job = try job(run, invocation)
    let script = try invocation.session.store().folder
      .appendingPathComponent("runs/\(run.id)/slurm.sh").path
    try FileOutput.write(job.script, to: script)
    guard try invocation.flag("send") ?? true else {
      invocation.session.emit(.note("\(run.name) · \(script)"))
      return .nothing
    }
    let number = try send(script, at: invocation.range)
    invocation.session.emit(.note("\(run.name) · Slurm job \(number) · log \(job.log)"))
    return .nothing
  }

  private static func job(_ run: Run, _ invocation: Invocation) throws -> Job {
    let store = try invocation.session.store()
    let path = URL(fileURLWithPath: store.path).standardizedFileURL.path
    let folder = store.folder.standardizedFileURL.appendingPathComponent("runs/\(run.id)").path
    var job = Job(
      name: "facet-" + run.name.filter { $0.isLetter || $0.isNumber || "-_.".contains($0) },
      log: folder + "/slurm.log",
      words: [try EngineLocation.find().path, "run", "--store", path, "--id", run.id])
    job.nodes = try invocation.integer("nodes", in: 1...10_000) ?? 1
    job.gpus = try invocation.integer("gpus", in: 0...64) ?? 0
    job.ranks = try invocation.integer("ranks", in: 1...1024) ?? 1
    job.partition = try invocation.text("partition")
    if let expression = invocation.argument("time") {
      let value = try invocation.session.evaluate(expression)
      guard case .duration(let seconds) = value, seconds > 0 else {
        throw invocation.wrongType("time:", "a length of time such as 12h", value, expression)
      }
      job.seconds = seconds
    }
    return job
  }

  /// - Returns: the job's number.
  private static func send(_ script: String, at range: SourceRange) throws -> String {
    let (process, output, errors) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sbatch", "--parsable", script]
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let reason = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let words = String(decoding: reason, as: UTF8.self).split(whereSeparator: \.isNewline)
      throw ShellError(
        .jobFailed, "sbatch refused \(script): \(words.first ?? "it said nothing")", at: range,
        notes: ["`send: false` only writes the script"])
    }
    return String(decoding: text, as: UTF8.self).split(whereSeparator: { ";\n".contains($0) })
      .first.map(String.init) ?? "?"
  }
}
