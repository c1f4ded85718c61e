import Foundation
import Torch

/// Starts the other ranks of a run on this machine: this very program with the same arguments.
///
/// They end by themselves when a collective fails, which it does as soon as one of them is gone.
final class RankLauncher {
  let group: ProcessGroup
  private let others: [Process]

  /// - Parameters: size: ranks in all; this process is the first.
  init(size: Int, arguments: [String]) throws {
    let address = "127.0.0.1"
    let store = try TCPStore(host: address, port: 0, serves: true)
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    others = try (1..<size).map { rank in
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging([
        "RANK": "\(rank)", "WORLD_SIZE": "\(size)", "LOCAL_RANK": "\(rank)",
        "MASTER_ADDR": address, "MASTER_PORT": "\(store.port)",
      ]) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      return process
    }
    do {
      group = try ProcessGroup(store: store, rank: 0, size: size, isLocal: true)
    } catch {
      for process in others { process.terminate() }
      throw error
    }
  }

  /// Waits for the others after the job's end; ends those that hang.
  func finish(graceSeconds: Double = 10) {
    let deadline = Date().addingTimeInterval(graceSeconds)
    for process in others {
      while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }
}
