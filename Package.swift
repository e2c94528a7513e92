// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]
let strictCxx: [CXXSetting] = [.treatAllWarnings(as: .error)]

// libfaiss and its BLAS are linked as archives: no run-time dependency, and OpenBLAS's thread
// count can be set by the shim (a weak reference would not see a static library).
var faissArchives: [LinkerSetting] = [
  .linkedLibrary(":libfaiss.a"), .linkedLibrary(":libopenblas.a"), .linkedLibrary(":libgomp.a"),
  .linkedLibrary(":libgfortran.a"),
]
#if arch(x86_64)
// The Fortran run time of OpenBLAS's LAPACK part; arm64 has no such library.
faissArchives.append(.linkedLibrary(":libquadmath.a"))
#endif
// What a faiss with GPUs stands on.
faissArchives += ["cudart", "cublas"].map { .linkedLibrary($0, .when(traits: ["FaissGPU"])) }

let package = Package(
  name: "Needletail",
  products: [
    .library(name: "Needletail", targets: ["Needletail"]),
    .library(
      name: "NeedletailText",
      targets: ["Retrieval", "Tokenization", "Torch", "Encoding", "TrainingData", "Training"]
    ),
    .library(name: "NeedletailDevices", targets: ["DeviceSearch", "Torch"]),
    .executable(name: "needle", targets: ["needle"]),
    // Opened when a model is first used: libtorch brings 150 libraries, which no index needs.
    .library(name: "CTorch", type: .dynamic, targets: ["CTorch"]),
  ],
  traits: [
    .trait(name: "Torch", description: "libCTorch with libtorch: models of text"),
    .trait(name: "SentencePiece", description: "SentencePiece's tokenizers, as T5 has them"),
    .trait(name: "FaissGPU", description: "GPUs for indexes of a faiss that has them"),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // C and C++ leaves
    .target(name: "CKernels", cSettings: strictC),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CxxHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CHDF5System", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .target(name: "CHDF5", dependencies: ["CHDF5System"], cSettings: strictC),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CTorchABI", cSettings: strictC),
    // Opens cuVS at run time, as it is on machines with GPUs.
    .target(name: "CCuVS", cSettings: strictC),
    .target(
      name: "CTorch",
      dependencies: ["CTorchABI"],
      exclude: ["gloo_types"],
      cxxSettings: strictCxx + [.headerSearchPath("gloo_types")]
        + ["HAVE_TORCH", "REPLACE_SGEMM"].map { name in
          .define(name, .when(traits: ["Torch"]))
        },
      linkerSettings: ["torch", "torch_cpu", "c10"].map { name in
        .linkedLibrary(name, .when(traits: ["Torch"]))
      }
    ),
    .target(
      name: "CSentencePiece",
      cxxSettings: strictCxx + [
        .define("HAVE_SENTENCEPIECE", .when(traits: ["SentencePiece"]))
      ],
      linkerSettings: [.linkedLibrary("sentencepiece", .when(traits: ["SentencePiece"]))]
    ),
    .target(
      name: "CFaiss",
      path: "CFaiss",
      publicHeadersPath: "include",
      cxxSettings: strictCxx + [
        .headerSearchPath("omp_shim"),
        .define("HAVE_FAISS_GPU", .when(traits: ["FaissGPU"])),
      ],
      linkerSettings: faissArchives
    ),

    // Swift, left to right: no module imports one below it
    .target(name: "VectorCore", dependencies: ["CKernels", "CHDF5"], swiftSettings: strict),
    .target(
      name: "IndexStore",
      dependencies: ["VectorCore", "CLZ4", "CxxHash"],
      swiftSettings: strict
    ),
    .target(
      name: "IntegerScan",
      dependencies: ["VectorCore", "IndexStore", "CKernels"],
      swiftSettings: strict
    ),
    .target(
      name: "ClusterIndex",
      dependencies: ["VectorCore", "IndexStore", "IntegerScan", "CKernels"],
      swiftSettings: strict
    ),
    .target(
      name: "FlatIndex",
      dependencies: ["VectorCore", "IndexStore", "IntegerScan", "CKernels"],
      swiftSettings: strict
    ),
    .target(
      name: "GraphIndex",
      dependencies: ["VectorCore", "IndexStore", "IntegerScan", "ClusterIndex", "CKernels"],
      swiftSettings: strict
    ),
    .target(
      name: "FaissIndexes",
      dependencies: ["VectorCore", "IndexStore", "CFaiss"],
      swiftSettings: strict
    ),
    .target(
      name: "CuVSIndexes",
      dependencies: ["VectorCore", "IndexStore", "FlatIndex", "CCuVS"],
      swiftSettings: strict
    ),
    .target(
      name: "Filtering",
      dependencies: ["VectorCore", "IndexStore", "FlatIndex"],
      swiftSettings: strict
    ),
    .target(name: "Reporting", dependencies: [], swiftSettings: strict),
    .target(
      name: "Retrieval",
      dependencies: ["VectorCore", "IndexStore", "Reporting", "CZlib"],
      swiftSettings: strict
    ),
    .target(
      name: "Tokenization",
      dependencies: ["VectorCore", "CSentencePiece"],
      swiftSettings: strict
    ),
    .target(name: "Torch", dependencies: ["VectorCore", "CTorchABI"], swiftSettings: strict),
    .target(
      name: "DeviceSearch",
      dependencies: ["VectorCore", "IndexStore", "IntegerScan", "FlatIndex", "Torch"],
      swiftSettings: strict
    ),
    .target(
      name: "Encoding",
      dependencies: ["VectorCore", "IndexStore", "Retrieval", "Tokenization", "Torch"],
      swiftSettings: strict
    ),
    .target(
      name: "TrainingData",
      dependencies: ["VectorCore", "IndexStore", "Retrieval", "Tokenization"],
      swiftSettings: strict
    ),
    .target(
      name: "Training",
      dependencies: [
        "VectorCore", "IndexStore", "Reporting", "Retrieval", "Tokenization", "Torch", "Encoding",
        "TrainingData",
      ],
      swiftSettings: strict
    ),
    .target(
      name: "Benchmarking",
      dependencies: ["VectorCore", "IndexStore", "Filtering", "Reporting", "CKernels"],
      swiftSettings: strict
    ),
    .target(
      name: "Needletail",
      dependencies: [
        "VectorCore", "IndexStore", "ClusterIndex", "FlatIndex", "GraphIndex", "FaissIndexes",
        "CuVSIndexes", "Filtering",
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "needle",
      dependencies: [
        "Needletail", "Reporting", "Benchmarking", "Retrieval", "Tokenization", "Torch",
        "DeviceSearch", "Encoding", "TrainingData", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),

    // Tests mirror the modules
    .target(
      name: "TestSupport",
      dependencies: ["VectorCore", "IndexStore"],
      path: "Tests/TestSupport",
      swiftSettings: strict
    ),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Needletail", "Retrieval", "Tokenization", "Encoding", "TrainingData", "IndexStore",
        "VectorCore", "Filtering",
      ],
      path: "Tests/FuzzTargets",
      swiftSettings: strict
    ),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["FuzzTargets", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "VectorCoreTests",
      dependencies: ["VectorCore", "CKernels", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "IndexStoreTests",
      dependencies: ["IndexStore", "VectorCore", "TestSupport"],
      exclude: ["Golden"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "IntegerScanTests",
      dependencies: ["IntegerScan", "IndexStore", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ClusterIndexTests",
      dependencies: ["ClusterIndex", "FlatIndex", "IndexStore", "VectorCore", "TestSupport"],
      exclude: ["Golden"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "FlatIndexTests",
      dependencies: [
        "FlatIndex", "IntegerScan", "IndexStore", "VectorCore", "CKernels", "TestSupport",
      ],
      exclude: ["Golden"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "GraphIndexTests",
      dependencies: [
        "GraphIndex", "FlatIndex", "IntegerScan", "IndexStore", "VectorCore", "TestSupport",
      ],
      exclude: ["Golden"],
      swiftSettings: strict
    ),
    .target(
      name: "CFakeFaissGPU",
      dependencies: ["CFaiss"],
      path: "Tests/CFakeFaissGPU",
      cxxSettings: strictCxx
    ),
    .testTarget(
      name: "FaissIndexesTests",
      dependencies: [
        "FaissIndexes", "CFakeFaissGPU", "IndexStore", "VectorCore", "TestSupport",
      ],
      swiftSettings: strict
    ),
    .target(
      name: "CFakeCuVS",
      path: "Tests/CFakeCuVS",
      cSettings: strictC + [.headerSearchPath("../../Sources/CCuVS")]
    ),
    .testTarget(
      name: "CuVSIndexesTests",
      dependencies: [
        "CuVSIndexes", "CFakeCuVS", "FlatIndex", "Needletail", "IndexStore", "VectorCore",
        "TestSupport",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "FilteringTests",
      dependencies: ["Needletail", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ReportingTests",
      dependencies: ["Reporting"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "RetrievalTests",
      dependencies: ["Retrieval", "IndexStore", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "TokenizationTests",
      dependencies: ["Tokenization", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "TorchTests",
      dependencies: ["Torch", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "DeviceSearchTests",
      dependencies: [
        "DeviceSearch", "FlatIndex", "Torch", "IndexStore", "VectorCore", "TestSupport",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "EncodingTests",
      dependencies: [
        "Encoding", "Retrieval", "Tokenization", "Torch", "IndexStore", "VectorCore", "TestSupport",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "TrainingDataTests",
      dependencies: [
        "TrainingData", "Retrieval", "Tokenization", "IndexStore", "VectorCore", "TestSupport",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "TrainingData", "Encoding", "Retrieval", "Tokenization", "Torch", "Reporting",
        "IndexStore", "VectorCore", "TestSupport",
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "BenchmarkingTests",
      dependencies: ["Benchmarking", "Needletail", "IndexStore", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NeedletailTests",
      dependencies: ["Needletail", "IndexStore", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "CKernelsTests",
      dependencies: ["CKernels", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "needleTests",
      dependencies: ["Needletail", "IndexStore", "VectorCore", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "TidyTests",
      dependencies: ["TestSupport"],
      swiftSettings: strict
    ),
  ],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx17
)

// Programs of Scripts/fuzz and Scripts/check-races, which nobody else builds: `fuzz` does not link without
// libFuzzer.
if Context.environment["NEEDLETAIL_CHECKS"] != nil {
  package.targets += [
    .target(name: "CFuzz", path: "Tests/CFuzz", cSettings: strictC),
    .executableTarget(
      name: "fuzz",
      dependencies: ["FuzzTargets", "CFuzz"],
      path: "Tests/Fuzz",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "races",
      dependencies: ["Needletail", "VectorCore"],
      path: "Tests/Races",
      swiftSettings: strict
    ),
  ]
}
