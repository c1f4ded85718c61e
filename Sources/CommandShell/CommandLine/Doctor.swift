import Experiments
import Foundation
import Graphics
import Reporting

/// `facet doctor`: whether all that facet needs is here, and what to do where it is not.
struct Doctor {
  struct Finding {
    enum State {
      case good
      /// Something works less well.
      case doubtful
      case failed
    }

    let name: String
    let state: State
    let detail: String

    /// `✓ engine    libtorch 2.13.0, …` with a line end.
    func line(usesColor: Bool) -> String {
      let (mark, color): (String, TextStyle.Color) =
        switch state {
        case .good: ("✓", .green)
        case .doubtful: ("!", .yellow)
        case .failed: ("✗", .red)
        }
      let shown = usesColor ? TextStyle(color).applied(to: mark) : mark
      let padding = String(repeating: " ", count: max(1, 11 - name.count))
      return "\(shown) \(name)\(padding)\(TerminalText.escaped(detail))\n"
    }
  }

  let storePath: String
  /// Where the engine is looked for; nil is where the shell finds it.
  var engine: URL?
  /// Where patterns of hyphens are looked for.
  var hyphenFolder = Hyphenation.folder

  func findings() -> [Finding] {
    [
      engineFinding, storeFinding, fontFinding, hyphenFinding, diskFinding, kernelFinding,
      terminalFinding,
    ]
  }

  // MARK: The engine

  private var engineFinding: Finding {
    do {
      let program = try engine ?? EngineLocation.find()
      let (process, output) = (Process(), Pipe())
      process.executableURL = program
      process.arguments = ["describe"]
      (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let text = String(
        decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      guard process.terminationStatus == 0, text.contains("libtorch: ") else {
        return Finding(
          name: "engine", state: .failed,
          detail: "\(program.path) does not start: libtorch may be missing or of another version "
            + "than it was built with; `make build` mends that")
      }
      let facts = text.split(separator: "\n").map(String.init).joined(separator: ", ")
      return Finding(name: "engine", state: .good, detail: facts)
    } catch {
      return Finding(name: "engine", state: .failed, detail: Session.shellError(error).message)
    }
  }

  // MARK: The store

  private var storeFinding: Finding {
    guard FileManager.default.fileExists(atPath: storePath) else {
      return Finding(
        name: "store", state: .good, detail: "\(storePath) is not there yet: the first run makes it"
      )
    }
    do {
      let store = try Store(path: storePath)
      let check = try store.query("PRAGMA quick_check(1)").rows.first?.first?.textValue
      guard check == "ok" else {
        return Finding(
          name: "store", state: .failed,
          detail:
            "\(storePath) is damaged: \(check ?? "no answer"); `sqlite3 \(storePath) .recover`"
            + " saves what can be read")
      }
      let counts = try store.query(
        "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM metric_points)")
      let numbers = counts.rows.first?.map { $0.integerValue ?? 0 } ?? [0, 0]
      return Finding(
        name: "store", state: .good,
        detail: "\(storePath): \(numbers[0]) runs, \(numbers[1]) metric points")
    } catch {
      return Finding(name: "store", state: .failed, detail: Session.shellError(error).message)
    }
  }

  // MARK: The machine

  private var fontFinding: Finding {
    do {
      try DrawingLibraries.load()
    } catch {
      return Finding(name: "fonts", state: .failed, detail: error.message)
    }
    let missing = FontFamily.missing
    return missing.isEmpty
      ? Finding(name: "fonts", state: .good, detail: "the reports' three families are installed")
      : Finding(
        name: "fonts", state: .doubtful,
        detail: "\(missing.joined(separator: ", ")) missing: pages look different; "
          + "Debian has fonts-linuxlibertine and fonts-dejavu-core")
  }

  private var hyphenFinding: Finding {
    Hyphenation.isAvailable(for: "en", folder: hyphenFolder)
      ? Finding(name: "hyphens", state: .good, detail: "reports in English divide words")
      : Finding(
        name: "hyphens", state: .doubtful,
        detail:
          "no patterns for English in \(hyphenFolder): reports divide no words, so lines have "
          + "wider gaps; Debian has hyphen-en-us")
  }

  private var diskFinding: Finding {
    let folder = URL(fileURLWithPath: storePath).standardizedFileURL.deletingLastPathComponent()
    let space = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
    guard let free = (space?[.systemFreeSize] as? NSNumber)?.int64Value else {
      return Finding(
        name: "disk", state: .failed, detail: "there is no folder \(folder.path)")
    }
    let text = String(format: "%.1f GB are free in %@", Double(free) / 1e9, folder.path)
    let isWritable = FileManager.default.isWritableFile(atPath: folder.path)
    guard isWritable else {
      return Finding(name: "disk", state: .failed, detail: "\(folder.path) may not be written")
    }
    return Finding(
      name: "disk", state: free < 2_000_000_000 ? .doubtful : .good,
      detail: free < 2_000_000_000 ? text + ": checkpoints of large networks need more" : text)
  }

  private var kernelFinding: Finding {
    do {
      _ = try ZeroMQ.load()
      return Finding(
        name: "Jupyter", state: .good,
        detail: "libzmq is there; `facet kernel install` registers the kernel")
    } catch {
      return Finding(
        name: "Jupyter", state: .doubtful,
        detail: Session.shellError(error).message + "; Debian has libzmq5")
    }
  }

  private var terminalFinding: Finding {
    let device = TerminalDevice(input: 0, output: 1)
    guard device.isInteractive else {
      return Finding(name: "terminal", state: .good, detail: "none: plain lines")
    }
    let images = TerminalImages.detected.map { "images by \($0.rawValue)" } ?? "plots in braille"
    return Finding(
      name: "terminal", state: .good,
      detail: "\(device.size.columns) × \(device.size.rows), \(images)")
  }
}
