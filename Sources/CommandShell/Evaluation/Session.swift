public import Experiments
import FaceData
import Foundation
import Graphics
import Notebooks
import Plotting
import Reporting
import Statistics

/// A conversation with facet: its variables, its store, and what it has shown. The interactive
/// shell, batch files and notebooks all run their cells through one.
public final class Session {
  public struct Settings: Sendable {
    /// The store's file; made when something is first written.
    public var storePath: String
    /// The notebook's path, or a name for the session; cells are kept under it.
    public var name: String
    /// Whether the cells are those of a file: `results` then shows the file's own runs.
    public var isDocument: Bool

    public init(
      storePath: String = "experiments.sqlite", name: String = "session", isDocument: Bool = false
    ) {
      (self.storePath, self.name, self.isDocument) = (storePath, name, isDocument)
    }
  }

  /// What a cell shows.
  public enum Output: Sendable {
    /// Says what was done; no part of a report.
    case note(String)
    case text(String)
    case table(ShownTable)
    case figure(ShownFigure)
  }

  public let settings: Settings
  let runner: any JobRunner
  /// Takes what the cells show, as they show it.
  public var onOutput: (Output) -> Void = { _ in }
  /// Takes what running jobs tell.
  public var onJob: (JobReport) -> Void = { _ in }
  /// Takes how far work in this process is; nil when it is over.
  public var onWork: (WorkReport?) -> Void = { _ in }
  /// Shows a long text by itself; false where there is no pager, and the text is shown as others.
  var onPage: (String) -> Bool = { _ in false }
  /// Lets the user change a text; nil where nothing was changed or there is no editor.
  var onEdit: ((String) throws -> String?)?
  /// A cell that is to be run next, as `edit` left it.
  var pendingCell: String?
  /// Asked between statements: true stops the cell.
  public var isInterrupted: () -> Bool = { false }
  /// Set by `exit`.
  public internal(set) var isOver = false

  var scope = Scope()
  var functions: [String: FunctionDefinition] = [:]
  var callDepth = 0
  /// Set while cells are only looked at: nothing is carried out, written or shown.
  var plan: RunPlan?
  /// Cells that ran to their end, for `notebook save`.
  var cells: [String] = []
  /// The notebook that they join.
  var notebook: OpenNotebook?
  var lastDataset: NamedDataset?
  /// Names given with `as:` to runs that already had another.
  var aliases: [String: RunID] = [:]
  /// Runs made or reused in this session, in order.
  private(set) var usedRuns: [RunID] = []
  var reusedCount = 0
  var hasReconciled = false
  var openDatasets: [DatasetSpecification: any FaceDataset] = [:]
  var registeredDatasets: Set<NamedDataset> = []
  var surveys: [DatasetSpecification: DatasetSurvey] = [:]
  private var openStore: Store?
  private var cellID: Int64?
  private var current: (ordinal: Int, source: String, started: Date)?
  private var nextOrdinal = 0
  private var shown: [CellOutput] = []

  public init(settings: Settings = Settings(), runner: any JobRunner) {
    (self.settings, self.runner) = (settings, runner)
  }

  /// Runs one cell, and keeps it in the store where the store is in use.
  ///
  /// - Throws: `ShellError` with the place in the source.
  public func run(_ source: SourceText) throws {
    current = (nextOrdinal, source.text, Date())
    (cellID, shown) = (nil, [])
    nextOrdinal += 1
    do {
      try include(source)
      cells.append(source.text)
      try saveCell(.finished)
    } catch {
      let failure = Self.shellError(error)
      // What was paused goes on when the notebook is run again.
      if failure.code == .paused { cells.append(source.text) }
      try? saveCell(.failed, error: failure.message)
      throw failure
    }
  }

  /// Runs the cell of a file as a part of the cell that is running.
  func include(_ source: SourceText) throws {
    do {
      try execute(
        try Parser.parse(source, functions: functionNames) {
          CommandCatalog.command($0) != nil
        })
    } catch {
      var failure = Self.shellError(error)
      if failure.source == nil, failure.range != nil { failure.source = source }
      throw failure
    }
  }

  /// Evaluates a cell for a plan, statement by statement.
  ///
  /// - Parameter failed: takes the error of a statement; the next ones are evaluated all the same.
  /// - Throws: what the text itself has wrong, and what `failed` throws.
  func rehearse(_ source: SourceText, failed: (ShellError) throws -> Void) throws {
    func placed(_ error: any Error) -> ShellError {
      var failure = Self.shellError(error)
      if failure.source == nil, failure.range != nil { failure.source = source }
      return failure
    }
    nextOrdinal += 1
    let shown = onOutput
    onOutput = { _ in }
    defer { onOutput = shown }
    let statements: [Statement]
    do {
      statements = try Parser.parse(source, functions: functionNames) {
        CommandCatalog.command($0) != nil
      }
    } catch {
      throw placed(error)
    }
    for statement in statements {
      do { try execute([statement]) } catch { try failed(placed(error)) }
    }
  }

  func checkInterrupt() throws {
    if isInterrupted() { throw ShellError(.paused, "stopped by Ctrl-C") }
  }

  // MARK: Output

  func emit(_ output: Output) {
    switch output {
    case .text(let text):
      shown.append(CellOutput(mediaType: "text/plain", content: .text(text)))
    case .table(let table):
      shown.append(CellOutput(mediaType: "text/csv", content: .text(table.csv)))
    case .note, .figure: break
    }
    onOutput(output)
  }

  /// Shows the value of a statement.
  func display(_ value: Value) {
    switch value {
    case .nothing: break
    case .table(let table): emit(.table(ShownTable(table)))
    case .figure(let figure): emit(.figure(figure))
    case .dataset(let dataset): emit(.note(dataset.summary(in: self)))
    case .runs(let runs): emit(.table(ShownTable(Table(RunTables.overview(runs)))))
    case .list(let values) where values.contains(where: \.isShownAlone):
      for value in values { display(value) }
    default: emit(.text(Self.shownText(value)))
    }
  }

  static func shownText(_ value: Value) -> String {
    switch value {
    case .list(let values): return "[" + values.map(shownText).joined(separator: ", ") + "]"
    case .record(let fields):
      return "[" + fields.map { "\($0.name): \(shownText($0.value))" }.joined(separator: ", ") + "]"
    default: return value.interpolated ?? value.typeName
    }
  }

  // MARK: Store

  /// The store, opened when it is first needed.
  public func store() throws -> Store {
    if let openStore { return openStore }
    if plan != nil, !FileManager.default.fileExists(atPath: settings.storePath) {
      throw ShellError(.store, "there is no store \(settings.storePath) yet")
    }
    do {
      let store = try Store(path: settings.storePath)
      openStore = store
      return store
    } catch let error as ExperimentsError {
      throw ShellError(.store, error.message)
    }
  }

  /// The open store, or the one on disk; nil where neither is, so that looking makes none.
  func storeIfAny() throws -> Store? {
    if openStore == nil, !FileManager.default.fileExists(atPath: settings.storePath) { return nil }
    return try store()
  }

  func note(_ run: Run) {
    if !usedRuns.contains(run.id) { usedRuns.append(run.id) }
  }

  /// The row of the cell that runs now, made when its first run needs it.
  func currentCell() throws -> Int64? {
    if cellID == nil { try saveCell(.running) }
    return cellID
  }

  private func saveCell(_ status: NotebookCell.Status, error: String? = nil) throws {
    guard let current, let store = status == .running ? try store() : openStore else { return }
    cellID = try store.saveNotebookCell(
      NotebookCell(
        notebook: settings.name, ordinal: current.ordinal, source: current.source, status: status,
        error: error, started: current.started, finished: status == .running ? nil : Date(),
        outputs: shown))
  }

  // MARK: Errors

  /// Any error as one that can be shown.
  static func shellError(_ error: any Error) -> ShellError {
    switch error {
    case let error as ShellError: return error
    case let failure as Arithmetic.Failure: return ShellError(failure.code, failure.message)
    case let error as ExperimentsError:
      return ShellError(error.code == .sql ? .sql : .store, error.message)
    case let error as FaceDataError: return ShellError(.data, error.message)
    case let error as PlotError: return ShellError(.wrongType, error.message)
    case let error as ReportingError:
      return ShellError(error.code == .unwritable ? .cannotWrite : .badNotebook, error.message)
    case let error as GraphicsError: return ShellError(.cannotWrite, error.message)
    case let error as StatisticsError: return ShellError(.wrongType, error.message)
    case let error as NotebookError: return ShellError(.badNotebook, "\(error)")
    case let error as EngineError: return ShellError(.jobFailed, error.message)
    default: return ShellError(.jobFailed, "\(error)")
    }
  }
}
