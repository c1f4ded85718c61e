extension PlotData {
  /// What error bars, bands and smoothing mean, for the foot of the figure.
  func note(_ plot: Plot) -> String {
    var sentences: [String] = []
    let counts = panels.flatMap(\.series).flatMap(\.values).map(\.count).filter { $0 > 0 }
    let showsMeans = !plot.marks.allSatisfy(\.showsRows)
    if showsMeans, let least = counts.min(), let most = counts.max(), most > 1 {
      let shown =
        plot.showsSpread || plot.marks.contains(.band) || plot.marks.contains(.errorBar)
      let number = least == most ? "\(most)" : "\(least)–\(most)"
      sentences.append(
        shown ? "Mean ± standard deviation, n = \(number)." : "Mean, n = \(number).")
    }
    if plot.smoothing > 0, showsMeans {
      sentences.append(
        "Smoothed: exponential moving average, weight \(plot.smoothing); raw values pale.")
    }
    if plot.marks.contains(.box) {
      sentences.append(
        "Boxes: quartiles; whiskers to the outermost values within 1.5 interquartile ranges.")
    }
    if plot.marks.contains(.violin) { sentences.append("Violins: Gaussian kernel, Scott's width.") }
    if !plot.note.isEmpty { sentences.append(plot.note) }
    return sentences.joined(separator: " ")
  }
}
