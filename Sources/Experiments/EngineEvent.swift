public import Foundation

/// One line of what `facet-engine` says on its standard output, as JSON.
public enum EngineEvent: Hashable, Sendable {
  case progress(EngineProgress)
  case message(String)
  case finished
  case paused
  case failed(String)
}

/// How far a job is. Whatever the engine does not know yet is nil.
public struct EngineProgress: Codable, Hashable, Sendable {
  /// `data`, `train`, `evaluate`.
  public var phase: String
  /// From 1.
  public var epoch: Int?
  public var epochs: Int?
  /// Optimizer updates done over the whole run, and how many there will be.
  public var step: Int?
  public var steps: Int?
  public var loss: Double?
  public var imagesPerSecond: Double?
  public var etaSeconds: Double?

  public init(
    phase: String, epoch: Int? = nil, epochs: Int? = nil, step: Int? = nil, steps: Int? = nil,
    loss: Double? = nil, imagesPerSecond: Double? = nil, etaSeconds: Double? = nil
  ) {
    (self.phase, self.epoch, self.epochs) = (phase, epoch, epochs)
    (self.step, self.steps, self.loss) = (step, steps, loss)
    (self.imagesPerSecond, self.etaSeconds) = (imagesPerSecond, etaSeconds)
  }
}

extension EngineProgress {
  /// Share of the work that is done, 0…1; nil before the engine knows.
  public var fraction: Double? {
    if let step, let steps, steps > 0 { return min(max(Double(step) / Double(steps), 0), 1) }
    guard let epoch, let epochs, epochs > 0 else { return nil }
    return min(max(Double(epoch - 1) / Double(epochs), 0), 1)
  }

  /// In a run's folder: how far it is, for shells that did not start it.
  public static let fileName = "progress.json"

  /// What a run's folder says of its progress; nil where it says nothing.
  public init?(folder: URL) {
    guard let data = try? Data(contentsOf: folder.appending(path: Self.fileName)),
      let progress = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = progress
  }
}

extension EngineEvent: Codable {
  private enum Key: String, CodingKey { case event, text, message }
  private enum Name: String, Codable { case progress, message, finished, paused, failed }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(Name.self, forKey: .event) {
    case .progress: self = .progress(try EngineProgress(from: decoder))
    case .message: self = .message(try container.decode(String.self, forKey: .text))
    case .finished: self = .finished
    case .paused: self = .paused
    case .failed: self = .failed(try container.decode(String.self, forKey: .message))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .event)
    switch self {
    case .progress(let progress): try progress.encode(to: encoder)
    case .message(let text): try container.encode(text, forKey: .text)
    case .failed(let message): try container.encode(message, forKey: .message)
    case .finished, .paused: break
    }
  }

  private var name: Name {
    switch self {
    case .progress: .progress
    case .message: .message
    case .finished: .finished
    case .paused: .paused
    case .failed: .failed
    }
  }
}
