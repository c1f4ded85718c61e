import FaceData
import Statistics

/// `data mesh`: a face's surface as a table, for `plot mesh`.
enum DataMesh {
  static let verb = CommandDefinition(
    "data mesh", .data, "a face's surface: a table of its vertices, or of its triangles",
    usage: "data mesh NAME, sample: 0   or   data mesh NAME, triangles: true",
    arguments: ["a data set"],
    labels: [
      .init("sample", "number of the face, 0 by default"),
      .init("triangles", "true: three vertices' numbers a row, the same for all faces"),
    ]
  ) { .table(try table($0)) }

  private static func table(_ invocation: Invocation) throws -> Table {
    let expression = invocation.positional[0]
    let dataset = try invocation.session.open(try invocation.dataset(expression))
    let index = try invocation.integer("sample", in: 0...max(0, dataset.count - 1)) ?? 0
    let frame = try invocation.reading(expression) {
      try invocation.flag("triangles") ?? false ? triangles(dataset) : vertices(dataset, index)
    }
    guard !frame.rows.isEmpty else {
      throw ShellError(
        .data, "the set has no meshes", at: expression.range,
        expected: "a set with meshes, such as `synthetic studio`")
    }
    return Table(frame)
  }

  /// x to the right, y up, z towards the viewer, in mm from the middle of the head.
  private static func vertices(_ dataset: any FaceDataset, _ index: Int) throws -> DataFrame {
    let mesh = try dataset.mesh(at: index) ?? []
    let middle = mesh.reduce(.zero, +) / Float(max(1, mesh.count))
    let rows = mesh.enumerated().map { number, vertex -> [Cell] in
      // The camera's y points down, its z away.
      let place = (vertex - middle) * SIMD3(1, -1, -1)
      return [.integer(number)] + (0..<3).map { .number(Double(place[$0])) }
    }
    return DataFrame(columns: ["vertex", "x", "y", "z"], rows: rows)
  }

  private static func triangles(_ dataset: any FaceDataset) -> DataFrame {
    DataFrame(
      columns: ["a", "b", "c"],
      rows: dataset.meshTriangles.map { corners in
        (0..<3).map { .integer(Int(corners[$0])) }
      })
  }
}
