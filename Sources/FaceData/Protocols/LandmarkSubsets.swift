extension FaceLabels {
  /// The published subsets of a test set that a face belongs to.
  ///
  /// - `common`, `challenge`: of 300-W, by the part of the path that says where a picture is from
  ///   (`helen/testset`, `lfpw/testset`; `ibug`).
  /// - `pose`, `expression`, `illumination`, `make-up`, `occlusion`, `blur`: of WFLW, as labelled.
  /// - `frontal`: of AFLW, all 19 points visible.
  /// - Parameter id: the sample's, a path.
  /// - Source: the test lists of these sets as mmpose, PIPNet and FaRL have them.
  ///   Checked by: LandmarkSubsetTests.
  public func landmarkSubsets(id: String) -> [String] {
    switch landmarkScheme {
    case .ibug68:
      let folders = id.lowercased().split(separator: "/").dropLast().map(String.init)
      if folders.contains("ibug") { return ["challenge"] }
      let isTested = folders.contains("testset")
      return isTested && (folders.contains("helen") || folders.contains("lfpw")) ? ["common"] : []
    case .wflw98:
      return FaceAttribute.wflw.filter { attributes?.contains($0) ?? false }.map(\.rawValue)
    case .aflw19:
      let isFrontal = landmarkVisibility?.allSatisfy { $0 == .visible } ?? false
      return isFrontal ? ["frontal"] : []
    default: return []
    }
  }
}
