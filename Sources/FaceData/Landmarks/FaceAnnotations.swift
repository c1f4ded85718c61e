/// Whether a point can be seen.
public enum LandmarkVisibility: UInt8, Sendable, Hashable, Codable {
  case visible
  /// Annotated where it must be, behind hair, a hand or the head itself.
  case hidden
  /// Not annotated: its coordinates mean nothing.
  case absent
}

/// A face's box in pixels of the sample's picture: x right, y down, the left edge of the first pixel
/// is 0.
public struct FaceBox: Sendable, Hashable, Codable {
  public var x: Float
  public var y: Float
  public var width: Float
  public var height: Float

  public init(x: Float, y: Float, width: Float, height: Float) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  public var center: SIMD2<Float> { SIMD2(x + width / 2, y + height / 2) }
  public var corners: [SIMD2<Float>] {
    [
      SIMD2(x, y), SIMD2(x + width, y), SIMD2(x, y + height), SIMD2(x + width, y + height),
    ]
  }

  /// The tightest box around points.
  ///
  /// - Edge cases: nil without points.
  public init?(around points: [SIMD2<Float>]) {
    guard let first = points.first else { return nil }
    let low = points.reduce(first) { pointwiseMin($0, $1) }
    let high = points.reduce(first) { pointwiseMax($0, $1) }
    self.init(x: low.x, y: low.y, width: high.x - low.x, height: high.y - low.y)
  }
}

/// Something that a face has or has not: glasses, a beard, a large pose.
///
/// The words are open, so that a set may bring its own; those that facet itself gives are below.
public struct FaceAttribute: RawRepresentable, Sendable, Hashable, Codable {
  public let rawValue: String

  /// - Edge cases: nil for anything but letters, digits, `-` and `_`, or more than 60 of them.
  public init?(rawValue: String) {
    let isWord = rawValue.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    guard isWord, !rawValue.isEmpty, rawValue.count <= 60 else { return nil }
    self.rawValue = rawValue
  }

  private init(_ word: String) { rawValue = word }

  public static let pose = FaceAttribute("pose")
  public static let expression = FaceAttribute("expression")
  public static let illumination = FaceAttribute("illumination")
  public static let makeUp = FaceAttribute("make-up")
  public static let occlusion = FaceAttribute("occlusion")
  public static let blur = FaceAttribute("blur")

  /// What WFLW says of a face, in the order of its columns: the subsets of its test set.
  public static let wflw = [pose, expression, illumination, makeUp, occlusion, blur]

  public static let glasses = FaceAttribute("glasses")
  public static let sunglasses = FaceAttribute("sunglasses")
  public static let beard = FaceAttribute("beard")
  public static let moustache = FaceAttribute("moustache")
  public static let hat = FaceAttribute("hat")
}

/// The coefficients of the morphable model that 300W-LP and AFLW2000-3D were fitted with; they mean
/// something only with the Basel Face Model and its expression modes.
///
/// - Source: Zhu et al. 2016; `Shape_Para` 199, `Exp_Para` 29, `Tex_Para` 199, `Pose_Para` 7.
public struct MorphableFit: Sendable, Hashable {
  public var shape: [Float]
  public var expression: [Float]
  public var texture: [Float]
  /// In pixels, x right and y up, and a depth.
  public var translation: SIMD3<Float>
  public var scale: Float

  public init(
    shape: [Float], expression: [Float], texture: [Float], translation: SIMD3<Float>, scale: Float
  ) {
    (self.shape, self.expression, self.texture) = (shape, expression, texture)
    (self.translation, self.scale) = (translation, scale)
  }
}
