import Graphics

/// Panels in rows and columns within a block.
struct PanelGrid {
  let count: Int
  let columns: Int
  var rows: Int { max(1, (count + columns - 1) / columns) }

  init(count: Int) { (self.count, columns) = (max(1, count), Self.columns(count)) }

  static func columns(_ count: Int) -> Int {
    switch count {
    case ...1: 1
    case 2, 4: 2
    case 3, 5, 6, 9: 3
    default: 4
    }
  }

  /// Whether no panel stands below.
  func isBottom(_ index: Int) -> Bool { index + columns >= count }
  func isLeft(_ index: Int) -> Bool { index % columns == 0 }

  func area(_ index: Int, first: Rectangle, columnGap: Double, rowGap: Double) -> Rectangle {
    first.offset(
      Double(index % columns) * (first.width + columnGap),
      Double(index / columns) * (first.height + rowGap))
  }
}
