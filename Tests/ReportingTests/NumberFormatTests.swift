import Testing

@testable import Reporting

struct NumberFormatTests {
  @Test(
    arguments: [
      (0.62, 2), (0.6, 2), (0.0996, 2), (0.0994, 3), (0.05, 3), (1.3, 1), (9.96, 0), (23.4, 0),
      (234, 0), (0.000_012, 6), (1e-30, 8),
    ] as [(Double, Int)])
  func twoDigitsOfTheUncertainty(uncertainty: Double, decimals: Int) {
    #expect(NumberFormat.decimals(uncertainty: uncertainty) == decimals)
  }

  @Test(arguments: [0, -1, Double.nan, .infinity])
  func noDigitsFromNoUncertainty(uncertainty: Double) {
    #expect(NumberFormat.decimals(uncertainty: uncertainty) == nil)
  }

  @Test func theMedianUncertaintySetsAColumn() {
    #expect(NumberFormat.decimals(uncertainties: [0.62, 0.44, 0.000_1]) == 2)
    #expect(NumberFormat.decimals(uncertainties: [0.141, 0.071]) == 2)
    #expect(NumberFormat.decimals(uncertainties: [0.05, 10.44]) == 3)
    #expect(NumberFormat.decimals(uncertainties: [0, .nan]) == nil)
  }

  private static let plainValues: [([Double], Int)] = [
    ([1, 2], 0), ([0.5, 0.25], 2), ([5.1], 1), ([0.333_333, 0.5], 4), ([1234.567_891], 0),
    ([0.000_123_456], 7), ([], 0), ([.nan], 0),
  ]

  @Test(arguments: plainValues)
  func decimalsOfPlainValues(values: [Double], decimals: Int) {
    #expect(NumberFormat.decimals(values: values) == decimals)
  }

  @Test(
    arguments: [
      (14.204, 2, "14.20"), (-0.001, 2, "0.00"), (-1.5, 1, "-1.5"), (2.5, 0, "2"), (.nan, 2, "NaN"),
      (-.infinity, 1, "-inf"), (1e20, 2, "1e+20"),
    ] as [(Double, Int, String)])
  func fixed(value: Double, decimals: Int, text: String) {
    #expect(NumberFormat.fixed(value, decimals: decimals) == text)
  }

  @Test(arguments: [("1234", "1234"), ("20000", "20,000"), ("-1234567", "-1,234,567")])
  func groups(whole: String, text: String) {
    #expect(NumberFormat.grouped(whole) == text)
  }

  @Test(arguments: [
    ("14.2 ± 0.6", "14.2 ± 0.6"), ("−3", "-3"), ("20,000", "20,000"), ("12.5%", "12.5%"),
  ])
  func typedNumbersKeepTheirDigits(text: String, plain: String) {
    #expect(TypedNumber.parse(text)?.plainText == plain)
  }

  @Test(arguments: ["", "swav", "1.2.3", "-", "3 px", "1 ± x", "±2", "ResNet-18", "--1"])
  func textsAreNoNumbers(text: String) {
    #expect(TypedNumber.parse(text) == nil)
  }

  @Test func noMoreDigitsThanSinglePrecisionHas() {
    #expect(NumberFormat.mostDecimals(values: [43.012_429_7, 0.5, .nan]) == 4)
    #expect(NumberFormat.mostDecimals(values: [0, .nan]) == 8)
  }
}
