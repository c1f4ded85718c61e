/// Reads cells from the person at the terminal.
public final class LineEditor {
  /// How a reading ended.
  public enum Input: Hashable, Sendable {
    /// A complete cell, without the final line end.
    case cell(String)
    /// Ctrl-C: what was typed is dropped.
    case interrupted
    /// Ctrl-D on an empty line, or the end of the input.
    case end
  }

  private let history: any LineHistory
  private let hooks: EditorHooks

  public init(history: any LineHistory, hooks: EditorHooks) {
    (self.history, self.hooks) = (history, hooks)
  }

  /// Shows the prompt (`In[1]: `) and reads one cell, of as many lines as it takes.
  public func readCell(prompt: String) throws -> Input {
    .end
  }
}
