import Testing

@testable import FaceData
@testable import FaceTasks

struct TemplateTests {
  /// Six people at right angles; templates 0–5 are in the gallery, 6–11 the same people again, 12 and
  /// 13 two others between the gallery's.
  private let pooled: [[Float]] = {
    func axis(_ k: Int) -> [Float] { (0..<6).map { $0 == k ? 1 : 0 } }
    let half = Float(0.5).squareRoot()
    let others = [[half, half, 0, 0, 0, 0], [0, 0, 0, 0, half, half]]
    return (0..<6).map(axis) + (0..<6).map(axis) + others
  }()

  @Test("templates of one person are found, and people who are not there are not")
  func perfect() throws {
    let pairs = (0..<6).flatMap { first in
      (6..<12).map {
        TemplateProtocol.Pair(
          first: Int32(first), second: Int32($0), isSame: first == $0 - 6)
      }
    }
    let templates = TemplateProtocol(
      templates: [], pairs: pairs,
      galleries: [.init(name: "G1", templates: Array(0..<6), subjects: Array(0..<6))],
      probes: [
        .init(name: "mixed", templates: Array(6..<14), subjects: Array(0..<6) + [70, 71])
      ])
    let metrics = try templateMetrics(pooled, templates)
    func value(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
    #expect(value("auc[roc]") == 1 && value("tar[far=1e-1]") == 100)
    // 30 impostor pairs cannot resolve a thousandth.
    #expect(value("tar[far=1e-3]") == nil)
    #expect(value("rank[1-G1:mixed]") == 100)
    #expect(metrics.first { $0.name == "rank[1-G1:mixed]" }?.count == 6)
    #expect(value("tpir[fpir=0.1-G1:mixed]") == nil)
  }
}
