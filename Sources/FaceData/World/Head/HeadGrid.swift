import Foundation

/// The lattice of sections and columns that covers the head, with rectangles left out where the
/// rings of the eyes and the mouth go.
struct HeadGrid {
  /// Columns from the midline to the side.
  static let frontColumns = 20
  static let backColumns = 9
  static let columns = 2 * (frontColumns + backColumns)

  /// A rectangle of the lattice: rows and columns of its border.
  struct Block {
    var rows: ClosedRange<Int>
    var columns: ClosedRange<Int>
  }

  let surface: HeadSurface
  /// The section of each row, from just below the crown down.
  let sections: [Float]
  let eyeBlock: Block
  let mouthBlock: Block

  init(surface: HeadSurface) {
    self.surface = surface
    let cranium: [Float] = [0.3, 0.7, 1.1, 1.5, 1.9, 2.3, 2.65]
    let forehead: [Float] = [72, 66, 60.5, 55, 50, 45, 40.5, 36, 32, 28, 24, 20, 16]
    let eyes: [Float] = [12, 8, 4, 0, -4, -8, -12]
    let nose: [Float] = [-16, -20, -24, -28, -31.5, -35, -38, -41, -44, -47]
    let mouth: [Float] = [-50, -53.8, -57.6, -61.4, -65.2, -69, -72.8, -76.6, -80.4]
    let chin: [Float] = [-84, -87.4, -90.8, -94.2, -97.6, -100.8]
    let neck: [Float] = [
      12, 12.3, 12.7, 13.2, 13.7, 14.3, 14.9, 15.6, 16.3, 16.9, 17.2, 17.5, 17.9, 18.4, 19,
    ]
    let face = forehead + eyes + nose + mouth + chin
    sections = cranium + face.map { surface.section(frontY: $0) } + neck
    let eyeRow = cranium.count + forehead.count
    eyeBlock = Block(rows: eyeRow...eyeRow + 6, columns: 2...14)
    let mouthRow = eyeRow + eyes.count + nose.count
    mouthBlock = Block(rows: mouthRow...mouthRow + 8, columns: -8...8)
  }

  /// x over the half width at column 0 to 20: 4 mm apart up to column 8, then wider, and at the
  /// side so spaced that z is well sampled.
  func fraction(column: Int, section: Float) -> Float {
    let step = min(4 / max(surface.halfWidth(section), 1), 0.085)
    guard column > 8 else { return Float(column) * step }
    let inner = 8 * step
    let u = Float(column - 8) / Float(Self.frontColumns - 8)
    let slope = Float(Self.frontColumns - 8) * step / (1 - inner)
    let curve = u * (slope + u * ((3 - 2 * slope) + u * (slope - 2)))
    return inner + (1 - inner) * curve
  }

  /// Inverse of `fraction(column:section:)`, with a fractional column.
  func column(fraction: Float, section: Float) -> Float {
    let target = abs(fraction)
    let right = (1...Self.frontColumns).first {
      self.fraction(column: $0, section: section) >= target
    }
    guard let right else { return Float(Self.frontColumns) * (fraction < 0 ? -1 : 1) }
    let low = self.fraction(column: right - 1, section: section)
    let high = self.fraction(column: right, section: section)
    let column = Float(right - 1) + (target - low) / (high - low)
    return fraction < 0 ? -column : column
  }

  /// Columns run from −28 by 0 (midline in front) to 29 (midline behind).
  func point(row: Int, column: Int) -> SIMD3<Float> {
    let section = sections[row]
    let side: Float = column < 0 ? -1 : 1
    if abs(column) <= Self.frontColumns {
      return surface.front(section, side * fraction(column: abs(column), section: section))
    }
    let t = Float(abs(column) - Self.frontColumns) / Float(Self.backColumns)
    return surface.back(section, side * t * .pi / 2)
  }

  /// Place of a signed column in a row of `columns` vertices.
  func slot(_ column: Int) -> Int { (column + Self.columns) % Self.columns }

  func isInside(row: Int, column: Int, _ block: Block) -> Bool {
    row > block.rows.lowerBound && row < block.rows.upperBound
      && column > block.columns.lowerBound && column < block.columns.upperBound
  }

  func mirrored(_ block: Block) -> Block {
    Block(rows: block.rows, columns: -block.columns.upperBound...(-block.columns.lowerBound))
  }

  var blocks: [Block] { [eyeBlock, mirrored(eyeBlock), mouthBlock] }

  /// The border of a block, from the middle of its left side clockwise: up, right, down, left.
  func border(_ block: Block) -> [(row: Int, column: Int)] {
    let (top, bottom) = (block.rows.lowerBound, block.rows.upperBound)
    let (left, right) = (block.columns.lowerBound, block.columns.upperBound)
    let middle = (top + bottom) / 2
    var border: [(Int, Int)] = []
    border += stride(from: middle, to: top, by: -1).map { ($0, left) }
    border += (left..<right).map { (top, $0) }
    border += (top..<bottom).map { ($0, right) }
    border += stride(from: right, to: left, by: -1).map { (bottom, $0) }
    border += stride(from: bottom, to: middle, by: -1).map { ($0, left) }
    return border
  }
}
