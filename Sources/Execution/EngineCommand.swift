import Experiments
import FaceData
public import Foundation
import Torch

/// The engine's whole command line: `run --store PATH --run UUID`, or `describe`.
public enum EngineCommand {
  public static let usage = "usage: facet-engine run --store PATH --run UUID   or   describe"

  /// - Returns: the exit status: 0 finished, 1 failed, 2 usage, 130 paused.
  public static func run(arguments: [String]) -> Int32 {
    if arguments == ["describe"] {
      FileHandle.standardOutput.write(Data(EngineDescription.text.utf8))
      return 0
    }
    guard arguments.count == 5, arguments[0] == "run", arguments[1] == "--store",
      arguments[3] == "--run"
    else {
      FileHandle.standardError.write(Data((usage + "\n").utf8))
      return 2
    }
    InterruptFlag.install()
    let events = EventStream()
    do {
      let store = try Store(path: arguments[2], mode: .readWrite)
      return try Engine(store: store, folder: storeFolder(arguments[2]), events: events.send)
        .execute(run: arguments[4]).exitStatus
    } catch {
      events.send(.failed("\(error)"))
      return 1
    }
  }

  private static func storeFolder(_ path: String) -> URL {
    URL(filePath: path).absoluteURL.deletingLastPathComponent()
  }
}

extension JobEnd {
  var exitStatus: Int32 {
    switch self {
    case .finished: 0
    case .paused: 130
    }
  }
}

/// Events as JSON lines on standard output. A reader that went away is no error: the store has all.
struct EventStream {
  func send(_ event: EngineEvent) {
    guard let line = try? CanonicalJSON.encode(event) else { return }
    try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
  }
}
