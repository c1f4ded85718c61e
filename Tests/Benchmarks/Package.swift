// swift-tools-version: 6.2
import PackageDescription

// Measurements that take long and depend on the machine: no part of the package's tests.
// `swift run -c release --package-path Tests/Benchmarks render-faces`
let package = Package(
  name: "facet-benchmarks",
  dependencies: [.package(name: "facet", path: "../..")],
  targets: [
    // libjpeg-turbo with nothing around it.
    .target(name: "CDecodeLoop", linkerSettings: [.linkedLibrary("turbojpeg")]),
    .executableTarget(
      name: "FaceDataBenchmarks",
      dependencies: ["CDecodeLoop", .product(name: "FaceData", package: "facet")]),
    .executableTarget(
      name: "render-faces", dependencies: [.product(name: "FaceData", package: "facet")]),
    .executableTarget(
      name: "verification-speed", dependencies: [.product(name: "Reporting", package: "facet")]),
    .executableTarget(
      name: "report-speed", dependencies: [.product(name: "Reporting", package: "facet")]),
  ],
  swiftLanguageModes: [.v6]
)
