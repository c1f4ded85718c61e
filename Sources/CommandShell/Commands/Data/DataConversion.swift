import FaceData
import Foundation

/// `data convert`: a set in another form.
enum DataConversion {
  enum Form: String, CaseIterable { case shards, folder, safetensors }

  static let verbs: [CommandDefinition] = [
    CommandDefinition(
      "data convert", .data, "writes a set as tar shards, a folder with labels, or tensors",
      usage:
        "data convert NAME, to: shards, path: shards/   (safetensors: path: faces.safetensors)",
      arguments: ["a data set"],
      labels: [
        .init("to", "shards, folder or safetensors"),
        .init("path", "a new folder, or the safetensors file"),
        .init("samples", "shards: samples a shard, 1,000 by default"),
        .init("quality", "writes pictures as JPEG of this quality; as they are by default"),
        .init("size", "safetensors: side of the pictures in pixels; their own by default"),
      ], effect: .writes, run: convert)
  ]

  @Sendable private static func convert(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    guard let to = invocation.argument("to") else { throw TableCommands.missing("to", invocation) }
    guard let target = invocation.argument("path") else {
      throw TableCommands.missing("path", invocation)
    }
    let word = try invocation.keyword(to, for: "form", among: Form.allCases.map(\.rawValue))
    let form = Form(rawValue: word) ?? .shards
    try checkLabels(form, invocation)
    let named = try invocation.dataset(expression)
    let path = DataSources.absolute(try invocation.path(target))
    let session = invocation.session
    let dataset = try session.open(named)
    defer { session.onWork(nil) }
    let progress = session.work("writes \(named.name)")
    let note = try invocation.reading(target) {
      if form == .safetensors {
        try FileOutput.makeFolder(of: path)
        let size = try invocation.integer("size", in: 1...4096)
        try SafetensorsExport(dataset, size: size, threads: session.workThreads)
          .write(to: path, progress: progress)
        return "\(dataset.count) samples as tensors"
      }
      let writer = try ShardWriter(
        dataset, settings: settings(invocation), threads: session.workThreads)
      let report =
        form == .shards
        ? try writer.writeShards(to: path, progress: progress)
        : try writer.writeFolder(to: path, progress: progress)
      let shards = form == .shards ? " in \(report.shards.count) shards" : ""
      let lost =
        report.unusable.isEmpty ? "" : ", \(report.unusable.count) could not be read"
      return "\(report.samples) samples\(shards)\(lost)"
    }
    session.emit(.note("\(note) · \(path)"))
    guard form != .safetensors else { return .nothing }
    let kind = form == .shards ? "shards" : "records"
    return try DataSources.opened(
      DatasetSpecification(DatasetSource(kind: kind, path: path)), invocation, at: target)
  }

  private static func settings(_ invocation: Invocation) throws -> ShardWriterSettings {
    var settings = ShardWriterSettings()
    settings.samplesPerShard =
      try invocation.integer("samples", in: 1...10_000_000) ?? settings.samplesPerShard
    if let quality = try invocation.integer("quality", in: 1...100) {
      settings.pictures = .jpeg(quality: quality)
    }
    return settings
  }

  private static func checkLabels(_ form: Form, _ invocation: Invocation) throws {
    let known =
      switch form {
      case .shards: ["samples", "quality"]
      case .folder: ["quality"]
      case .safetensors: ["size"]
      }
    try invocation.checkLabels(["to", "path"] + known, of: "data convert, to: \(form.rawValue)")
  }
}
