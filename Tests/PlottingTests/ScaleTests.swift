import Graphics
import Plotting
import Testing

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
}
