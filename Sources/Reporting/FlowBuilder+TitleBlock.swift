import Graphics

extension FlowBuilder {
  /// Title, subtitle, authors and date in the middle, the abstract below, narrower.
  mutating func addTitleBlock(_ frame: Frame) throws {
    let leading = typography.leading(typography.body)
    addCentred(
      document.title, typography.title, frame, .heading1, before: 0, after: leading * 0.6,
      destination: "document-title")
    addCentred(
      document.subtitle ?? "", typography.subtitle, frame, .paragraph, before: 0,
      after: leading * 0.6)
    addCentred(
      document.authors.joined(separator: ", "), typography.authors, frame, .paragraph,
      before: leading * 0.5, after: leading * 0.3)
    addCentred(
      document.date ?? "", typography.small, frame, .paragraph, before: 0, after: leading * 0.5)
    if !document.abstract.isEmpty { try addAbstract(frame, leading) }
    if let last = flow.items.indices.last { flow.items[last].spaceAfter = leading * 1.2 }
  }

  private mutating func addCentred(
    _ text: String, _ style: TextStyle, _ frame: Frame, _ tag: StructureTag, before: Double,
    after: Double, destination: String? = nil
  ) {
    guard !text.isEmpty else { return }
    var rich = RichText(typography: typography)
    rich.append(text, style)
    addLines(
      rich, frame, path(frame, tag),
      Setting(
        spaceBefore: before, spaceAfter: after, alignment: .centre,
        destination: destination, isWhole: true))
  }

  private mutating func addAbstract(_ frame: Frame, _ leading: Double) throws {
    addCentred(
      "Abstract", typography.body.with { $0.weight = .bold }, frame, .paragraph,
      before: leading, after: leading * 0.3)
    keepWithNext()
    var inner = frame
    inner.x += frame.width * 0.08
    inner.width -= frame.width * 0.16
    inner.style = typography.small
    inner.spacing = typography.leading(inner.style) * 0.4
    for block in document.abstract { try add(block, inner) }
  }
}
