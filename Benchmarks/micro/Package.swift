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

// A package of its own, so that nobody who depends on Needletail builds it. The kernels are no
// product: CMicro includes their headers by path, and their code is linked as part of Needletail.
let package = Package(
  name: "Micro",
  dependencies: [.package(name: "Needletail", path: "../..")],
  targets: [
    .target(name: "CMicro", cSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "micro",
      dependencies: ["CMicro", .product(name: "Needletail", package: "Needletail")],
      swiftSettings: strict
    ),
  ],
  cLanguageStandard: .gnu17
)
