import Graphics
import Plotting

extension FlowBuilder {
  /// Adds a figure with its caption below, in the middle; it may move to the next page.
  mutating func addFigure(
    _ figure: any Figure, _ caption: [Inline], _ label: String?,
    _ width: FigureWidth?, _ frame: Frame
  ) throws {
    let figure = try figure.prepared()
    let wanted = figure.naturalSize(width: points(width, frame))
    try addPicture(wanted, caption, label, figure.alternativeText, frame) { canvas, box in
      try figure.draw(on: canvas, in: box)
    }
  }

  /// Adds an image file as a figure.
  ///
  /// - Throws: `ReportingError` with `.unreadableImage`.
  mutating func addImage(
    _ path: String, _ caption: [Inline], _ label: String?,
    _ width: FigureWidth?, _ frame: Frame
  ) throws {
    guard let load = settings.loadImage else {
      throw ReportingError(
        .unreadableImage, "The image '\(path)' cannot be read: no reader of images was given.",
        context: path)
    }
    let image: PixelBuffer
    do {
      image = try load(path)
    } catch {
      throw ReportingError(
        .unreadableImage, "The image '\(path)' cannot be read: \(error)", context: path)
    }
    guard image.width > 0, image.height > 0 else {
      throw ReportingError(.unreadableImage, "The image '\(path)' has no pixels.", context: path)
    }
    // Without a width a pixel is 1/150 inch, as far as there is room.
    let natural = Double(image.width) * 72 / 150
    let wide = width.map { points($0, frame) } ?? min(frame.width, natural)
    let size = Size(width: wide, height: wide * Double(image.height) / Double(image.width))
    let words = caption.isEmpty ? path : caption.plainText
    // What came as a JPEG loses nothing by being one again; screenshots come as PNG.
    let isPhotograph = [".jpg", ".jpeg"].contains { path.lowercased().hasSuffix($0) }
    try addPicture(size, caption, label, words, frame) { canvas, box in
      try canvas.image(image, in: box, isPhotograph: isPhotograph)
    }
  }

  private func points(_ width: FigureWidth?, _ frame: Frame) -> Double {
    switch width {
    case .millimetres(let width): min(frame.width, width * pointsPerMillimetre)
    case .share(let share): frame.width * min(share, 1)
    case nil: frame.width
    }
  }

  private mutating func addPicture(
    _ wanted: Size, _ caption: [Inline], _ label: String?, _ alternative: String, _ frame: Frame,
    _ draw: @escaping (Canvas, Rectangle) throws -> Void
  ) throws {
    let first = flow.items.count
    let number = nextNumber()
    // Room for the caption stays on the page.
    let tallest = settings.textArea.height * 0.85
    let scale = min(1, tallest / wanted.height, frame.width / wanted.width)
    let size = Size(width: wanted.width * scale, height: wanted.height * scale)
    let space = typography.leading(typography.body)
    var outer = frame
    outer.path = path(frame, .division)
    let x = frame.x + (frame.width - size.width) / 2
    var item = FlowItem(height: size.height)
    item.spaceBefore = space
    item.isOrdered = number != nil
    var content = FlowContent(path: path(outer, .figure, alternative: alternative)) {
      canvas, origin in
      try canvas.saved {
        try draw(
          canvas, Rectangle(x: origin.x + x, y: origin.y, width: size.width, height: size.height))
      }
    }
    content.destination = label
    add(item, content)
    keepWithNext()
    try addCaption(
      caption, "Figure", number, nil, outer, spaceAfter: 0, spaceBefore: typography.body.size * 0.6)
    releaseNext()
    flow.items[flow.items.count - 1].spaceAfter = space
    if flow.items[first].breakBefore == .allowed, frame.x == 0 { flow.items[first].isFloat = true }
  }
}
