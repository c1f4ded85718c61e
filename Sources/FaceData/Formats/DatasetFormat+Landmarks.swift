extension DatasetFormat {
  /// Landmarks in two and three dimensions.
  static let landmarkFormats: [DatasetFormat] = [
    DatasetFormat(
      kind: "wflw", title: "WFLW, 98 landmarks",
      layout: "WFLW_images and WFLW_annotations with list_98pt_rect_attr_test.txt and so on",
      parts: WFLWReader.parts.map(\.part), recognize: WFLWReader.recognize, open: WFLWReader.open),
    DatasetFormat(
      kind: "aflw19", title: "AFLW, 19 landmarks",
      layout: "AFLWinfo_release.mat with the pictures below flickr/0, flickr/2 and flickr/3",
      parts: AFLW19Reader.parts, recognize: AFLW19Reader.recognize, open: AFLW19Reader.open),
    DatasetFormat(
      kind: "cofw", title: "COFW, 29 landmarks",
      layout: "COFW_train_color.mat and COFW_test_color.mat", parts: ["train", "test"],
      recognize: COFWReader.recognize, open: COFWReader.open),
    DatasetFormat(
      kind: "300vw", title: "300-VW, 68 landmarks in video frames",
      layout: "001/annot/000001.pts and 001/frames/000001.jpg, for each video",
      recognize: VideoFramesReader.recognize, open: VideoFramesReader.open),
    DatasetFormat(
      kind: "aflw2000", title: "AFLW2000-3D, 68 landmarks in 3D and pose",
      layout: "image00002.jpg with image00002.mat (pt3d_68, Pose_Para) beside it",
      recognize: MorphableFitReader.recognizeAFLW2000, open: MorphableFitReader.open),
    DatasetFormat(
      kind: "300w-lp", title: "300W-LP, 68 landmarks and pose",
      layout: "AFW/AFW_134212_1_0.jpg with its .mat (pt2d, Pose_Para) beside it",
      recognize: MorphableFitReader.recognize300WLP, open: MorphableFitReader.open),
    DatasetFormat(
      kind: "hrnet-csv", title: "HRNet's lists of landmarks",
      layout: "a CSV file with the columns path, scale, center_w, center_h, x0, y0, …",
      parts: ["train", "valid", "test"], recognize: HRNetReader.recognize, open: HRNetReader.open),
    DatasetFormat(
      kind: "coco", title: "landmarks as COCO keypoints",
      layout: "a JSON file with images and annotations, the pictures beside it or in images",
      parts: ["train", "val", "test"], recognize: COCOReader.recognize, open: COCOReader.open),
    DatasetFormat(
      kind: "ljson", title: "Menpo's landmarks",
      layout: "picture.png with picture.ljson beside it", recognize: LJSONReader.recognize,
      open: LJSONReader.open),
    DatasetFormat(
      kind: "dlib-xml", title: "dlib's landmarks",
      layout: "an XML file with image, box and part, the pictures beside it",
      parts: ["training", "testing"], recognize: DlibReader.recognize, open: DlibReader.open),
    DatasetFormat(
      kind: "hdf5", title: "encoded pictures in HDF5, as the paper's pre-training code reads them",
      layout: "an HDF5 file with images (a row of bytes each) and perhaps foldernames",
      recognize: HDF5Pictures.recognize, open: { try HDF5Pictures(path: $0.path) }),
  ]
}

extension DatasetFormat {
  /// Whether `DatasetSource.crop` says what part of a picture is a sample.
  public var takesCrop: Bool {
    kind == "landmarks" || kind != "hdf5" && Self.landmarkFormats.contains { $0.kind == kind }
  }
}
