import Notebooks

/// The footnotes that a notebook defines, wherever between its cells they stand.
struct Footnotes {
  /// Each definition whole, by its label with the brackets: `[^note]`.
  private var definitions: [String: String] = [:]

  init(_ notebook: Notebook) {
    for case .prose(let markdown, _) in notebook.segments {
      var label: String?
      for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("[^"), let end = line.firstRange(of: "]:") {
          let name = String(line[..<end.lowerBound]) + "]"
          label = name
          definitions[name] = String(line)
        } else if let name = label, line.hasPrefix(" ") {
          definitions[name]? += "\n" + line
        } else {
          label = nil
        }
      }
    }
  }

  /// A stretch of prose with the definitions that it uses and does not have.
  func completing(_ markdown: String) -> String {
    let missing = definitions.filter { label, _ in
      markdown.contains(label) && !markdown.contains(label + ":")
    }
    guard !missing.isEmpty else { return markdown }
    return markdown + "\n\n"
      + missing.sorted { $0.key < $1.key }.map(\.value).joined(separator: "\n\n")
      + "\n"
  }
}
