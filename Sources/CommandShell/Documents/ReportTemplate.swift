/// Notebooks to begin with.
public enum ReportTemplate: String, Sendable, CaseIterable {
  /// Five tasks by initialisation and label budget, in the form of the paper's tables.
  case benchmark

  /// A Markdown notebook.
  var text: String {
    switch self {
    case .benchmark: String(decoding: PackageResources.benchmark_md, as: UTF8.self)
    }
  }
}
