extension DatasetSpecification {
  /// One line about the set without opening it: "wild · 20,000 faces · 400 identities · 64×64 ·
  /// 68 landmarks, 15 AUs, emotion, mesh" for a synthetic one, kind and path for a folder.
  public var summaryLine: String {
    switch self {
    case .synthetic(let settings):
      return Self.line(settings)
    case .lfw(let path), .landmarks(let path, .whole), .images(let path):
      return "\(kind) · \(path)"
    case .landmarks(let path, let crop): return "landmarks · \(crop.rawValue) crops · \(path)"
    case .files(let source):
      let crop = source.crop == .whole ? nil : "\(source.crop.rawValue) crops"
      return [source.kind, source.part, crop, source.path].compactMap { $0 }
        .joined(separator: " · ")
    case .subset(let subset):
      return "\(grouped(subset.indices.count)) samples, \(subset.rule) · \(subset.base.summaryLine)"
    }
  }

  private static func line(_ settings: FaceWorldSettings) -> String {
    let knobs = settings.turnedKnobs.map { "\($0.rawValue) \(short(settings[$0]))" }
    guard settings.profile != .objects else {
      return
        ([
          "objects", "\(grouped(settings.images)) pictures",
          "\(grouped(settings.identities)) classes", "\(settings.size)×\(settings.size)",
        ] + knobs).joined(separator: " · ")
    }
    return
      ([
        settings.profile.rawValue, "\(grouped(settings.images)) faces",
        "\(grouped(settings.identities)) identities", "\(settings.size)×\(settings.size)",
        "\(settings.landmarks.count) landmarks, \(ActionUnit.allCases.count) AUs, emotion, mesh",
      ] + knobs).joined(separator: " · ")
  }

  /// 0.25 as "0.25", 50 as "50".
  private static func short(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }

  /// One line about the opened set: "lfw · 10,209 faces · 4,742 identities · 128×128 · 4,480 of
  /// 6,000 pairs".
  public func summaryLine(of dataset: any FaceDataset) -> String {
    if case .synthetic = self { return summaryLine }
    var parts = [name, "\(grouped(dataset.count)) faces"]
    if case .subset(let subset) = self {
      parts.append(subset.rule)
    } else if !dataset.identityNames.isEmpty {
      parts.append("\(grouped(dataset.identityNames.count)) identities")
    }
    if dataset.count > 0, let sample = try? dataset.sample(at: 0) {
      parts.append("\(sample.image.width)×\(sample.image.height)")
      if let points = sample.labels.landmarks { parts.append("\(points.count) landmarks") }
    }
    let units = dataset.labelledUnits
    if !units.isEmpty {
      parts.append("\(Set(units.intensities + units.occurrences).count) AUs")
    }
    let verification = (dataset as? VerificationBin)?.pairReport
    if let report = (dataset as? LFWDataset)?.pairReport ?? verification {
      if report.total > 0 {
        parts.append("\(grouped(report.usable)) of \(grouped(report.total)) pairs")
      }
    } else if !dataset.unusable.isEmpty {
      parts.append("\(grouped(dataset.unusable.count)) left out")
    }
    return parts.joined(separator: " · ")
  }
}

/// 20000 as "20,000".
private func grouped(_ number: Int) -> String {
  let digits = String(abs(number))
  var text = ""
  for (place, digit) in digits.enumerated() {
    if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
    text.append(digit)
  }
  return (number < 0 ? "-" : "") + text
}
