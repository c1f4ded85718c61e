import Foundation
import Testing

@testable import FaceData

/// A small data set on the disk in one format: two pictures with a white pixel under each point.
struct LabelFixture: Sendable, CustomTestStringConvertible {
  let kind: String
  /// The label file that damages are done to.
  let labels: String
  /// The picture of the first face; empty where pictures lie in the label file.
  let picture: String
  let scheme: LandmarkScheme
  /// What to open, below the folder; empty for the folder itself.
  var path = ""
  /// The text of a coordinate of the first face, for damages of numbers; nil in binary files.
  var number: String?
  /// Whether the coordinates are the drawn pixels' centres.
  var isDrawn = true
  let write: @Sendable (TemporaryFolder) throws -> Void

  var testDescription: String { kind }

  func source(_ folder: TemporaryFolder) -> DatasetSource {
    DatasetSource(kind: kind, path: path.isEmpty ? folder.path : folder.path + "/" + path)
  }
}

/// Points on a grid; face 1 lies a pixel further.
enum DrawnFace {
  static let size = 100

  /// The pixel (column, row) of point k, counted from 0.
  static func pixel(_ k: Int, face: Int) -> (x: Int, y: Int) {
    (6 + k % 12 * 7 + face, 8 + k / 12 * 9 + face)
  }

  static func picture(_ scheme: LandmarkScheme, face: Int) -> Image {
    let white = Set(
      (0..<scheme.count).map { k in
        let (x, y) = pixel(k, face: face)
        return y * size + x
      })
    return Image(width: size, height: size) { x, y in
      white.contains(y * size + x) ? [255, 255, 255] : [20, 30, 40]
    }
  }

  /// Coordinates as text, `origin` being the first pixel's.
  static func points(_ scheme: LandmarkScheme, face: Int, origin: Int) -> [(x: String, y: String)] {
    (0..<scheme.count).map { k in
      let (x, y) = pixel(k, face: face)
      return ("\(x + origin).0", "\(y + origin).0")
    }
  }

  static func joined(
    _ scheme: LandmarkScheme, face: Int, origin: Int, _ separator: String, _ after: String = ""
  ) -> String {
    points(scheme, face: face, origin: origin).map { "\($0.x)\(separator)\($0.y)\(after)" }
      .joined(separator: separator)
  }
}

extension LabelFixture {
  /// All formats whose labels the tests write themselves, and the MATLAB files of Goldens.
  static let all: [LabelFixture] = [
    wflw, hrnet, hrnet68, coco, ljson, dlib, video, aflw19, cofw, aflw2000, threeHundredWLP,
  ]

  private static func pictures(
    _ folder: TemporaryFolder, _ names: [String], _ scheme: LandmarkScheme
  ) throws {
    for (face, name) in names.enumerated() {
      try folder.write(DrawnFace.picture(scheme, face: face).encodedPNG(), name)
    }
  }

  private static let wflwList =
    "WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_test.txt"

  static let wflw = LabelFixture(
    kind: "wflw",
    labels: wflwList,
    picture: "WFLW_images/0--Parade/a.png", scheme: .wflw98, number: "13.0"
  ) { folder in
    try pictures(folder, ["a", "b"].map { "WFLW_images/0--Parade/\($0).png" }, .wflw98)
    let lines = (0..<2).map { face in
      DrawnFace.joined(.wflw98, face: face, origin: 0, " ")
        + " 5 7 90 80 0 1 0 0 1 0 0--Parade/\(["a", "b"][face]).png\n"
    }
    try folder.write(lines.joined(), wflwList)
  }

  private static func csv(_ folder: TemporaryFolder, _ scheme: LandmarkScheme, origin: Int) throws {
    try pictures(folder, ["images/a b.png", "images/b.png"], scheme)
    let header =
      "path,scale,center_w,center_h,"
      + (0..<scheme.count).map { "x\($0),y\($0)" }.joined(separator: ",")
    let lines = (0..<2).map { face in
      "\(["a b", "b"][face]).png,0.4,50,50,"
        + DrawnFace.joined(scheme, face: face, origin: origin, ",")
    }
    try folder.write(([header] + lines).joined(separator: "\n") + "\n", "face_landmarks_test.csv")
  }

  static let hrnet = LabelFixture(
    kind: "hrnet-csv", labels: "face_landmarks_test.csv", picture: "images/a b.png",
    scheme: .wflw98, number: "13.0"
  ) { try csv($0, .wflw98, origin: 0) }

  static let hrnet68 = LabelFixture(
    kind: "hrnet-csv", labels: "face_landmarks_test.csv", picture: "images/a b.png",
    scheme: .ibug68, number: "15.0"
  ) { try csv($0, .ibug68, origin: 2) }

  static let coco = LabelFixture(
    kind: "coco", labels: "annotations/test.json", picture: "images/a.png", scheme: .lapa106,
    number: "13.0"
  ) { folder in
    try pictures(folder, ["images/a.png", "images/b.png"], .lapa106)
    let annotations = (0..<2).map { face in
      #"{"id": \#(face), "image_id": \#(7 + face), "bbox": [5, 7, 85, 73], "keypoints": ["#
        + DrawnFace.joined(.lapa106, face: face, origin: 0, ",", face == 0 ? ",2" : ",1") + "]}"
    }
    try folder.write(
      #"{"images": [{"id": 7, "file_name": "a.png"}, {"id": 8, "file_name": "b.png"}],"#
        + #" "annotations": ["# + annotations.joined(separator: ", ") + "]}\n",
      "annotations/test.json")
  }

  static let ljson = LabelFixture(
    kind: "ljson", labels: "a.ljson", picture: "a.png", scheme: .cofw29, number: "13.0"
  ) { folder in
    try pictures(folder, ["a.png", "b.png"], .cofw29)
    for (face, name) in ["a", "b"].enumerated() {
      let points = DrawnFace.points(.cofw29, face: face, origin: 0).map { "[\($0.y), \($0.x)]" }
      try folder.write(
        #"{"groups": {"A": {"labels": [], "landmarks": {"points": [[1, 2]]}}, "LJSON": {"labels": "#
          + #"[], "landmarks": {"connectivity": [], "points": ["# + points.joined(separator: ", ")
          + #"]}}}, "version": 3}"#, "\(name).ljson")
    }
  }

  static let dlib = LabelFixture(
    kind: "dlib-xml", labels: "training.xml", picture: "a.png", scheme: .ibug68, number: "13.0"
  ) { folder in
    try pictures(folder, ["a.png", "b.png"], .ibug68)
    let images = (0..<2).map { face in
      let parts = DrawnFace.points(.ibug68, face: face, origin: 0).enumerated().map {
        "<part name='\($0 < 10 ? "0" : "")\($0)' x='\($1.x)' y='\($1.y)'/>"
      }
      return "<image file='\(["a", "b"][face]).png'>\n<box top='7' left='5' width='85' height='73'>"
        + parts.joined(separator: "\n") + "</box></image>"
    }
    try folder.write(
      "<?xml version='1.0' encoding='ISO-8859-1'?>\n<dataset><images>"
        + images.joined(separator: "\n") + "</images></dataset>\n", "training.xml")
  }

  static let video = LabelFixture(
    kind: "300vw", labels: "001/annot/000001.pts", picture: "001/frames/000001.png",
    scheme: .ibug68, number: "14.0"
  ) { folder in
    try pictures(folder, ["001/frames/000001.png", "001/frames/000002.png"], .ibug68)
    for face in 0..<2 {
      let points = DrawnFace.points(.ibug68, face: face, origin: 1).map { "\($0.x) \($0.y)\n" }
      try folder.write(
        "version: 1\nn_points: 68\n{\n" + points.joined() + "}\n", "001/annot/00000\(face + 1).pts")
    }
  }

  private static func copy(_ name: String, _ folder: TemporaryFolder, as other: String) throws {
    try folder.write(Array(Data(contentsOf: URL(fileURLWithPath: golden(name)))), other)
  }

  static let aflw19 = LabelFixture(
    kind: "aflw19", labels: "AFLWinfo_release.mat", picture: "flickr/3/image00002.jpg",
    scheme: .aflw19, isDrawn: false
  ) { folder in
    try copy("aflw19.mat", folder, as: "AFLWinfo_release.mat")
    for face in 0..<7 {
      try folder.writePicture("flickr/\([0, 2, 3][face % 3])/image0000\(face).jpg")
    }
  }

  static let cofw = LabelFixture(
    kind: "cofw", labels: "COFW_test_color.mat", picture: "", scheme: .cofw29, isDrawn: false
  ) { folder in
    try copy("COFW_test_color.mat", folder, as: "COFW_test_color.mat")
  }

  static let aflw2000 = LabelFixture(
    kind: "aflw2000", labels: "image00002.mat", picture: "image00002.jpg", scheme: .ibug68,
    isDrawn: false
  ) { folder in
    for name in ["image00002", "image00004"] {
      try copy("aflw2000.mat", folder, as: name + ".mat")
      try folder.writePicture(name + ".jpg")
    }
  }

  static let threeHundredWLP = LabelFixture(
    kind: "300w-lp", labels: "AFW/AFW_1_0.mat", picture: "AFW/AFW_1_0.jpg", scheme: .ibug68,
    isDrawn: false
  ) { folder in
    for name in ["AFW/AFW_1_0", "HELEN/HELEN_1_0"] {
      try copy("300w_lp.mat", folder, as: name + ".mat")
      try folder.writePicture(name + ".jpg")
    }
    try folder.write("no points", "landmarks/AFW/AFW_1_0_pts.mat")
  }
}
