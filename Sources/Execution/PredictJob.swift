import Experiments
import FaceData
import FaceTasks
import Foundation
import Torch

/// Lets an adapted model answer for photos or another set, and leaves `predictions.json`
/// (`FacePredictions`).
///
/// With `crop: face` every face that is found is cut so that its eyes, nose and mouth stand where they
/// do on average in the model's training pictures (`FacePlacement`); with `crop: whole` a picture is
/// taken as it is. What cannot be read, and photos without a face, are listed and stop nothing.
struct PredictJob {
  let context: JobContext
  private static let neighbours = 5
  /// Pictures of each person in the gallery, at most.
  private static let galleryPictures = 5

  func run() throws -> JobEnd {
    guard let type = TaskTable.task(named: context.specification.method),
      let parent = try context.parent(), parent.kind == .adapt, parent.method == type.name
    else {
      throw EngineError(
        .missingParent, "predict shows what a finished run of adapt sees: name one")
    }
    let model = try AdaptedModel(context: context, parent: parent, type: type)
    let record = try ProtocolRecord.read(model.metadata, of: parent)
    do {
      let faces = try findFaces(record, parent: parent)
      var predictions = try answers(model.task, faces)
      predictions.crop = try context.options.text("crop")
      predictions.placement = predictions.crop == "face" ? record.placement : nil
      (predictions.unusable, predictions.empty) = (faces.unusable, faces.empty)
      try save(predictions)
    } catch is Interrupted {
      return .paused
    }
    return .finished
  }

  /// Nothing is kept of a job that was stopped: the next one starts anew.
  private struct Interrupted: Error {}

  private func step(_ phase: String, _ done: Int, _ count: Int) throws {
    if context.isInterrupted() { throw Interrupted() }
    try context.recorder.progress(EngineProgress(phase: phase, step: done, steps: count))
  }

  // MARK: Faces

  private func findFaces(_ record: ProtocolRecord, parent: Run) throws -> CutFaces {
    try CutFaces(
      context.dataset, cut: cut(record, parent: parent), side: 2 * record.size,
      threads: context.threads
    ) { try step("faces", $0, $1) }
  }

  private func cut(_ record: ProtocolRecord, parent: Run) throws -> CutFaces.Cut {
    let options = context.options
    guard try options.text("crop") == "face" else { return .whole }
    guard let placement = record.placement else {
      throw EngineError(
        .badOption,
        "no face was found in the training pictures of \(parent.name), so photos cannot be cut like"
          + " them: cut them yourself (data crop) and use crop: whole")
    }
    return .found(
      placement, leastScore: Float(try options.real("score")),
      onlyLargest: try options.text("faces") == "largest")
  }

  // MARK: Answers

  private func answers(_ task: any FaceTask, _ faces: CutFaces) throws -> FacePredictions {
    let all = faces.faces.enumerated().map { index, face in
      var entry = FacePredictions.Face(
        photo: face.photo, id: faces.id(at: index), face: face.number, part: face.part)
      (entry.score, entry.box) = (face.detection?.score, face.detection?.box)
      return entry
    }
    var result = FacePredictions(
      task: type(of: task).name,
      dataset: try DatasetSpecification(context.specification.data), crop: "", faces: all)
    guard !all.isEmpty else { return result }
    let reading = try task.reading(predict(task, faces, phase: "predict"))
    if type(of: task).comparesPeople {
      try addNeighbours(reading.rows.map { $0.flatMap { $0 } }, task, to: &result)
    } else {
      (result.names, result.contours) = (reading.names, reading.contours)
      for index in all.indices { add(reading, index, faces.toPhoto(index), to: &result) }
    }
    return result
  }

  /// In parts, so that a long list can be stopped.
  private func predict(
    _ task: any FaceTask, _ dataset: any FaceDataset, of indices: [Int]? = nil, phase: String
  ) throws -> TaskPredictions {
    let indices = indices ?? Array(0..<dataset.count)
    let source = task.featureSource(of: dataset)
    let piece = 4 * task.setup.input.batch
    var (samples, rows): ([TaskSample], [[Float]]) = ([], [])
    for start in stride(from: 0, to: indices.count, by: piece) {
      let part = Array(indices[start..<min(start + piece, indices.count)])
      let answers = try task.answers(EvaluationSplit(indices: part), with: source)
      samples += answers.samples
      rows += answers.rows
      try step(phase, samples.count, indices.count)
    }
    return TaskPredictions(samples: samples, rows: rows)
  }

  /// Points go from the picture that was cut to the photo.
  private func add(
    _ reading: TaskReading, _ index: Int, _ toPhoto: Affine, to result: inout FacePredictions
  ) {
    let rows = reading.rows[index]
    guard reading.names.isEmpty else {
      result.faces[index].values = rows.map { $0.first ?? .nan }
      return
    }
    func place(_ x: Float, _ y: Float) -> [Float] {
      let p = toPhoto(SIMD2(x, y))
      return [Self.tenth(p.x), Self.tenth(p.y)]
    }
    result.faces[index].points = rows.map { place($0[0], $0[1]) }
    guard index < reading.meshes.count else { return }
    let scale = abs(toPhoto.determinant).squareRoot()
    result.faces[index].mesh = reading.meshes[index].map {
      place($0.x, $0.y) + [Self.tenth($0.z * scale)]
    }
  }

  /// More digits say nothing of a point.
  private static func tenth(_ value: Float) -> Float { (value * 100).rounded() / 100 }

  // MARK: People

  /// The people of the gallery whose mean embedding is nearest.
  private func addNeighbours(
    _ rows: [[Float]], _ task: any FaceTask, to result: inout FacePredictions
  ) throws {
    guard let gallery = context.testSet?.dataset, let test = context.specification.test else {
      throw EngineError(.badOption, "recognition needs a gallery of known people: gallery: DATASET")
    }
    result.gallery = try DatasetSpecification(test.data)
    let people = try Gallery(gallery, most: Self.galleryPictures)
    let known = try task.reading(
      predict(task, gallery, of: people.indices, phase: "gallery")
    ).rows.map { $0.flatMap { $0 } }
    for (index, row) in rows.enumerated() {
      result.faces[index].neighbours = people.nearest(
        to: row, among: known, count: Self.neighbours, in: gallery)
    }
  }

  private func save(_ predictions: FacePredictions) throws {
    let file = context.folder.appending(path: JobFiles.predictions)
    try Data(CanonicalJSON.encode(predictions).utf8).write(to: file, options: .atomic)
    try context.register(file, as: "predictions")
  }
}

/// Some pictures of each person of a set.
struct Gallery {
  /// Of pictures, person by person.
  let indices: [Int]
  /// For each picture its person.
  private let people: [Int]

  /// - Throws: `EngineError.tooFewSamples` where nobody is known.
  init(_ dataset: any FaceDataset, most: Int) throws {
    var pictures: [Int: [Int]] = [:]
    for index in 0..<dataset.count {
      guard let identity = try dataset.labels(at: index).identity else { continue }
      if pictures[identity, default: []].count < most { pictures[identity]?.append(index) }
    }
    let ordered = pictures.sorted { $0.key < $1.key }
    guard !ordered.isEmpty else {
      throw EngineError(
        .tooFewSamples, "the gallery does not say who its people are: name a set with identities")
    }
    indices = ordered.flatMap(\.value)
    people = ordered.flatMap { person, pictures in pictures.map { _ in person } }
  }

  /// - Parameters: row: of unit length; known: a row of unit length for each of `indices`.
  func nearest(
    to row: [Float], among known: [[Float]], count: Int, in dataset: any FaceDataset
  ) -> [FacePredictions.Neighbour] {
    let cosines = known.map { zip($0, row).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
    let found = Dictionary(grouping: indices.indices) { people[$0] }.map { person, places in
      let mean = Self.meanCosine(places.map { known[$0] }, row)
      let best = places.max { (cosines[$0], -$0) < (cosines[$1], -$1) } ?? 0
      return (person: person, similarity: mean, sample: indices[best])
    }.sorted { ($1.similarity, $0.person) < ($0.similarity, $1.person) }
    return found.prefix(count).map {
      let name =
        dataset.identityNames.indices.contains($0.person)
        ? dataset.identityNames[$0.person] : "person \($0.person)"
      return FacePredictions.Neighbour(
        name: name, similarity: $0.similarity, sample: $0.sample, id: dataset.id(at: $0.sample))
    }
  }

  /// The cosine of a row with the mean of others.
  private static func meanCosine(_ rows: [[Float]], _ row: [Float]) -> Float {
    var sum = [Float](repeating: 0, count: row.count)
    for other in rows { for column in sum.indices { sum[column] += other[column] } }
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return 0 }
    return zip(sum, row).reduce(Float(0)) { $0 + $1.0 * $1.1 } / length
  }
}
