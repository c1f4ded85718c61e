extension DatasetFormat {
  /// Emotion, action units and recognition.
  static let labelFormats: [DatasetFormat] =
    recognitionFormats + unitFormats + emotionFormats + folderFormats

  private static let recognitionFormats = [
    DatasetFormat(
      kind: "recordio", title: "InsightFace's training records",
      layout: "train.rec with train.idx and property",
      recognize: { $0.first(withExtension: "rec") }, open: { try RecordIODataset(path: $0.path) }),
    DatasetFormat(
      kind: "verification-bin", title: "InsightFace's verification pairs",
      layout: "lfw.bin: a pickle of (pictures, truths)",
      recognize: { glance in
        glance.first(withExtension: "bin").flatMap { file in
          let start = glance.start(of: file, count: 2)
          let isPickle = start.first == 0x80 || start.starts(with: [0x28])
          return isPickle ? "\(file) is a pickle" : nil
        }
      },
      open: { try VerificationBin(path: $0.path) }),
    DatasetFormat(
      kind: "ijb", title: "IJB-B or IJB-C templates",
      layout: "meta/ijbc_face_tid_mid.txt and the lists beside it, and loose_crop/1.jpg",
      recognize: { $0.first { $0.hasSuffix("_face_tid_mid.txt") } },
      open: { try IJBDataset(path: $0.path) }),
  ]

  private static let unitFormats = [
    DatasetFormat(
      kind: "disfa", title: "DISFA, intensities of 12 action units",
      layout: "ActionUnit_Labels/SN001/SN001_au1.txt, and the frames in folders named SN001",
      recognize: { glance in
        glance.first { file in
          let name = file.split(separator: "/").last ?? ""
          return name.hasPrefix("SN") && name.contains("_au") && name.hasSuffix(".txt")
        }
      },
      open: { try DISFA.read(path: $0.path) }),
    DatasetFormat(
      kind: "bp4d", title: "BP4D, action units",
      layout: "AUCoding/AU_OCC/F001_T1.csv or AU Intensity Codes3.0/AU06/F001_T1.csv, and "
        + "F001/T1/0001.jpg",
      recognize: { glance in
        glance.first { file in
          file.hasSuffix(".csv") && BP4D.video(file.split(separator: "/").last ?? "") != nil
        }
      },
      open: { try BP4D.read(path: $0.path) }),
    DatasetFormat(
      kind: "ck-plus", title: "CK+, emotions and action units of posed sequences",
      layout: "Emotion/S005/001/S005_001_00000011_emotion.txt, FACS/…, cohn-kanade-images/…; or "
        + "anger/S010_004_00000017.png",
      recognize: { glance in
        glance.first {
          $0.hasSuffix("_emotion.txt") || $0.hasSuffix("_facs.txt")
            || isClassed($0) && CKPlus.subject($0.split(separator: "/").last ?? "") != nil
        }
      },
      open: { try CKPlus.read(path: $0.path) }),
    DatasetFormat(
      kind: "openface", title: "OpenFace's or Py-Feat's estimates",
      layout: "clip.csv with the columns AU12_r, AU12_c or AU12, and the frames in clip_aligned/",
      recognize: { glance in
        glance.first { file in
          guard PathGlance.fileExtension(file) == "csv" else { return false }
          let names = glance.firstLine(of: file)?.fields.map { $0.trimmed.text.lowercased() } ?? []
          return names.contains { ["au12_r", "au12_c", "au12"].contains($0) }
        }
      },
      open: { try OpenFace.read(path: $0.path) }),
  ]

  private static let emotionFormats = [
    DatasetFormat(
      kind: "affectnet", title: "AffectNet, emotion, valence and arousal",
      layout: "training.csv and validation.csv with the pictures that they name",
      parts: ["train", "validation"],
      recognize: { glance in
        glance.first { file in
          let line = PathGlance.fileExtension(file) == "csv" ? glance.firstLine(of: file) : nil
          return line?.text.lowercased().hasPrefix("subdirectory_filepath") == true
        }
      },
      open: { try part($0, of: AffectNet.read(path: $0.path)) }),
    DatasetFormat(
      kind: "raf-db", title: "RAF-DB, seven emotions",
      layout: "EmoLabel/list_patition_label.txt and Image/aligned/train_00001_aligned.jpg; or "
        + "train/1/train_00001_aligned.jpg",
      parts: ["train", "test"],
      recognize: { glance in
        glance.first { file in
          let parts = file.split(separator: "/")
          return RAFDatabase.listNames.contains { $0 == parts.last ?? "" }
            || parts.count > 1 && Int(parts[parts.count - 2]).map((1...7).contains) == true
              && file.hasSuffix("_aligned.jpg")
        }
      },
      open: { try part($0, of: RAFDatabase.read(path: $0.path)) }),
    DatasetFormat(
      kind: "ferplus", title: "FER+, votes for FER2013's pictures",
      layout: "fer2013new.csv with fer2013.csv, or with FER2013Train/fer0000000.png",
      parts: ["train", "validation", "test"],
      recognize: { $0.contains(FERPlus.tableName) ? FERPlus.tableName : nil },
      open: { try part($0, of: FERPlus.read(path: $0.path)) }),
    DatasetFormat(
      kind: "fer2013", title: "FER2013, seven emotions",
      layout: "fer2013.csv (emotion,pixels,Usage), or train/angry/im0.png",
      parts: ["train", "validation", "test"],
      recognize: { glance in
        glance.first { file in
          if PathGlance.fileExtension(file) == "csv" {
            let line = glance.firstLine(of: file)?.text.lowercased()
            return line?.hasPrefix("emotion,") == true && line?.contains("pixels") == true
          }
          // Its pictures' names begin with the part that they come from.
          let name = file.split(separator: "/").last ?? ""
          let parts = ["Training_", "PublicTest_", "PrivateTest_"]
          return isClassed(file) && parts.contains { name.hasPrefix($0) }
        }
      },
      open: { try part($0, of: FER2013.read(path: $0.path)) }),
  ]

  private static let folderFormats = [
    DatasetFormat(
      kind: "classes", title: "a folder an emotion",
      layout: "happy/1.jpg, train/anger/2.png: neutral, happiness, sadness, surprise, fear, "
        + "disgust, anger, contempt",
      parts: ["train", "validation", "test"],
      recognize: { glance in
        let classed = glance.pictures.filter(isClassed)
        return classed.count * 2 > glance.pictures.count ? classed.first : nil
      },
      open: { try part($0, of: ClassFolders.emotions(path: $0.path)) }),
    DatasetFormat(
      kind: "identities", title: "a folder a person", layout: "s1/1.pgm, train/n000002/0001.jpg",
      parts: ["train", "validation", "test"],
      recognize: { glance in
        glance.contains("pairs.txt") ? nil : numberedPeople(glance)
      },
      open: { try part($0, of: ClassFolders.people(path: $0.path)) }),
  ]

  /// A picture in a folder that names an emotion.
  private static func isClassed(_ file: String) -> Bool {
    let parts = file.split(separator: "/")
    return parts.count > 1 && Emotion(word: parts[parts.count - 2]) != nil
      && FolderListing.pictureExtensions.contains(PathGlance.fileExtension(file))
  }

  /// ORL's `s1/1.pgm` and VGGFace2's `n000002/0001_01.jpg`: folders of a letter and a number.
  private static func numberedPeople(_ glance: PathGlance) -> String? {
    let folders = glance.pictures.map { $0.split(separator: "/").dropLast().last ?? "" }
    let people = Set(folders.filter { $0.first?.isLetter == true && Int($0.dropFirst()) != nil })
    guard people.count > 1, folders.allSatisfy({ people.contains($0) }) else { return nil }
    return "\(people.count) folders like \(people.min() ?? "")"
  }

  private static func part(
    _ source: DatasetSource, of dataset: any FaceDataset
  ) throws -> any FaceDataset {
    guard let part = source.part.flatMap(DatasetPart.init(rawValue:)) else { return dataset }
    return try DatasetPartView(dataset, part: part)
  }
}
