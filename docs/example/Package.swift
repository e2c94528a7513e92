// swift-tools-version:6.2
import PackageDescription

// A program that depends on Needletail as any other would; Scripts/test builds and runs it. Outside
// this repository the dependency is
//   .package(url: "https://…/needletail", from: "0.1.0")
let package = Package(
  name: "Example",
  dependencies: [.package(name: "Needletail", path: "../..")],
  targets: [
    .executableTarget(
      name: "Example",
      dependencies: [.product(name: "Needletail", package: "Needletail")]
    )
  ]
)
