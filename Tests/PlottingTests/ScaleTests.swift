import Graphics
import Statistics
import Testing

@testable import Plotting

@Suite struct ScaleTests {
  @Test func linearPositionsAreShares() {
    let scale = Scale(kind: .linear, domain: 10...30)
    #expect(scale.position(10) == 0)
    #expect(scale.position(15) == 0.25)
    #expect(scale.position(30) == 1)
    #expect(scale.position(.nan).isNaN)
  }

  @Test func logarithmicPositionsAreSharesOfDecades() {
    let scale = Scale(kind: .log10, domain: 0.01...100)
    #expect(abs(scale.position(1) - 0.5) < 1e-12)
    #expect(abs(scale.position(10) - 0.75) < 1e-12)
    #expect(scale.position(0) < -100)
  }

  @Test(arguments: [
    (0.0...1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0...15.5, 6, ["0", "2", "4", "6", "8", "10", "12", "14"]),
    (-3...3, 3, ["−2", "0", "2"]),
    (0...23_000, 5, ["0", "5,000", "10,000", "15,000", "20,000"]),
    (4.99...5.02, 3, ["4.99", "5.00", "5.01", "5.02"]),
    (0...100, 4, ["0", "25", "50", "75", "100"]),
    (0...4e8, 2, ["0", "2×10⁸", "4×10⁸"]),
  ])
  func linearTicksAreRound(domain: ClosedRange<Double>, count: Int, labels: [String]) {
    let ticks = Scale(kind: .linear, domain: domain).ticks(about: count)
    let plain = ticks.map { $0.label.replacing(",", with: "") }
    #expect(plain == labels.map { $0.replacing(",", with: "") })
    #expect(ticks.allSatisfy { domain.lowerBound - 1e-9 <= $0.value })
    #expect(ticks.allSatisfy { $0.value <= domain.upperBound + 1e-9 })
  }

  @Test(arguments: [
    (0.0009...1100.0, ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
    (0.9...60, ["1", "2", "5", "10", "20", "50"]),
    (2...9, ["2", "4", "6", "8"]),
    (1e-9...1e-5, ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵"]),
  ])
  func logarithmicTicksAreDecadesOrRound(domain: ClosedRange<Double>, labels: [String]) {
    let ticks = Scale(kind: .log10, domain: domain).ticks(about: 7)
    let found = ticks.map(\.label).filter { !$0.isEmpty }
    // Within one decade the labels are those of a linear axis, at logarithmic places.
    #expect(domain == 2...9 ? found.contains("4") && found.contains("8") : found == labels)
  }

  @Test(arguments: [
    (1234.5, 0, "1235"), (12345, 0, "12,345"), (-0.04, 1, "0.0"), (-4.61, 2, "−4.61"),
    (0.05, 2, "0.05"), (1e16, 0, "10¹⁶"), (.nan, 2, "NaN"), (-.infinity, 0, "−∞"),
  ])
  func numbersAreWritten(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }

  @Test(arguments: [
    (4.6123, "4.61"), (0.0521, "0.0521"), (99.96, "100.0"), (2.5e-7, "2.5×10⁻⁷"), (0, "0"),
  ])
  func significantDigits(value: Double, text: String) {
    #expect(NumberText.significant(value) == text)
  }

  @Test(arguments: [
    ("nme[inter-ocular]", "NME, inter-ocular (%) ↓"), ("auc[roc]", "AUC, roc ↑"),
    ("tar[far=0.01]", "TAR at FAR 0.01 (%) ↑"),
    ("validation.loss", "Validation loss"), ("validation.nme[box]", "Validation NME, box (%) ↓"),
    ("learning-rate", "Learning rate"), ("labels", "Labels"), ("", ""),
    ("images_per_gpu", "Images per gpu"),
  ])
  func columnsBecomeTitles(column: String, title: String) {
    #expect(AxisTitle.text(for: column) == title)
  }
}
