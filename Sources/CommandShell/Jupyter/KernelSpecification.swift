import Experiments
import Foundation

/// The entry by which Jupyter finds the kernel.
enum KernelSpecification {
  /// Writes `kernel.json`.
  ///
  /// - Parameter dataFolder: Jupyter's; nil is the user's own.
  /// - Returns: the folder that it lies in.
  static func install(dataFolder: String?, program: String) throws -> String {
    let folder = try (dataFolder ?? userFolder()) + "/kernels/facet"
    let specification: [String: SpecValue] = [
      "argv": .list([.text(program), .text("kernel"), .text("run"), .text("{connection_file}")]),
      "display_name": .text("facet"), "language": .text("facet"),
      "interrupt_mode": .text("message"), "metadata": .record([:]),
    ]
    try FileOutput.write(
      CanonicalJSON.encode(specification) + "\n", to: folder + "/kernel.json")
    return folder
  }

  /// Where Jupyter looks for a user's kernels.
  private static func userFolder() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["JUPYTER_DATA_DIR"], !folder.isEmpty { return folder }
    if let folder = environment["XDG_DATA_HOME"], !folder.isEmpty { return folder + "/jupyter" }
    guard let home = environment["HOME"], !home.isEmpty else {
      throw ShellError(
        .kernel, "HOME is not set: there is no place for the user's kernels",
        notes: ["`facet kernel install --data PATH` names Jupyter's data folder"])
    }
    return home + "/.local/share/jupyter"
  }
}
