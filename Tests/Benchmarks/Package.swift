// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "facet", path: "../..")],
  targets: [
    // libjpeg-turbo with nothing around it.
    .target(name: "CDecodeLoop", linkerSettings: [.linkedLibrary("turbojpeg")]),
    .executableTarget(
      name: "FaceDataBenchmarks",
      dependencies: ["CDecodeLoop", .product(name: "FaceData", package: "facet")]),
  ],
  swiftLanguageModes: [.v6]
)
