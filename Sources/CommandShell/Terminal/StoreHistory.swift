public import Experiments

/// History in the experiment store, shared by all shells that have it open.
///
/// A shell sees what the others typed before it started, and its own cells after that, so that
/// up goes back through one's own work. A store that cannot be written costs the history of this
/// session, never the session.
public final class StoreHistory: LineHistory {
  private let store: Store
  private var texts: [String]

  /// - Parameter limit: how many entries are offered.
  public init(store: Store, limit: Int = 10_000) {
    self.store = store
    texts = (try? store.history(limit: limit)) ?? []
  }

  public func entries() -> [String] { texts }

  public func append(_ text: String) {
    texts.append(text)
    try? store.appendHistory(text)
  }
}
