// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// Continuous integration turns every warning into an error. It is a switch and not a setting
/// because SwiftPM refuses `unsafeFlags` in a package that others depend on.
let strict = ProcessInfo.processInfo.environment["WEIR_STRICT"] == "1"
let settings: [SwiftSetting] = strict ? [.unsafeFlags(["-warnings-as-errors"])] : []

func room(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: uses, swiftSettings: settings)
}

func tests(_ name: String, uses: [Target.Dependency], beside: [String] = []) -> Target {
    .testTarget(name: name, dependencies: uses, exclude: beside, swiftSettings: settings)
}

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let http: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "weir",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "weir", targets: ["weir"]),
        .library(name: "WeirCore", targets: ["WeirCore"]),
        .library(name: "WeirEngine", targets: ["WeirEngine"]),
        .library(name: "WeirStore", targets: ["WeirStore"]),
        .library(name: "WeirQuality", targets: ["WeirQuality"]),
        .library(name: "WeirAI", targets: ["WeirAI"]),
        .library(name: "WeirPipeline", targets: ["WeirPipeline"]),
        .library(name: "WeirAgent", targets: ["WeirAgent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .target(name: "CDuckDB"),
        .target(name: "CONNX"),
        .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
        room("WeirCore", uses: [yams, crypto]),
        room("WeirStore", uses: ["WeirCore", .product(name: "GRDB", package: "GRDB.swift")]),
        room("WeirEngine", uses: ["WeirCore", "CDuckDB"]),
        room(
            "WeirConnect",
            uses: [
                "WeirEngine", "WeirStore", "CZlib", http,
            ]),
        room("WeirAI", uses: ["WeirConnect", "CONNX", cryptoExtras, http]),
        room("WeirQuality", uses: ["WeirConnect"]),
        room("WeirPipeline", uses: ["WeirQuality", "WeirConnect", "WeirAI", log]),
        room("WeirAgent", uses: ["WeirPipeline", crypto]),
        .executableTarget(
            name: "weir",
            dependencies: [
                "WeirPipeline", "WeirAgent",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        tests("WeirCoreTests", uses: ["WeirCore"]),
        tests("WeirStoreTests", uses: ["WeirStore", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("WeirConnectTests", uses: ["WeirConnect"]),
        // Speaks the wire of every provider, and all their faults; the benchmarks start it as a process of its own.
        .target(
            name: "StandIn",
            dependencies: [
                "WeirCore", "CZlib", crypto, cryptoExtras,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ], path: "Tests/StandIn", swiftSettings: settings),
        .executableTarget(
            name: "weir-standin", dependencies: ["StandIn"], path: "Tests/StandInServer", swiftSettings: settings),
        // Measures WeirAI for Benchmarks/run.
        .executableTarget(
            name: "weir-ai-bench", dependencies: ["WeirAI", "StandIn"], path: "Benchmarks/AIClient",
            swiftSettings: settings),
        // Measures embedding and vector search for Benchmarks/run.
        .executableTarget(
            name: "weir-search-bench", dependencies: ["WeirAI", "WeirEngine", "WeirPipeline"],
            path: "Benchmarks/Search", swiftSettings: settings),
        // Measures the agent's parts for Benchmarks/run.
        .executableTarget(
            name: "weir-agent-bench", dependencies: ["WeirAgent"], path: "Benchmarks/Agent", swiftSettings: settings),
        tests(
            "WeirAITests", uses: ["WeirAI", "StandIn"],
            beside: ["Embedding/make_vectors.py", "Embedding/vectors.json"]),
        tests("WeirPipelineTests", uses: ["WeirPipeline"]),
        tests("WeirAgentTests", uses: ["WeirAgent", "StandIn"], beside: ["Loop/Recordings"]),
        tests("WeirEngineTests", uses: ["WeirEngine"]),
        tests("WeirQualityTests", uses: ["WeirQuality", "WeirEngine"]),
        // Runs the built command, so it depends on it without linking it.
        tests(
            "EndToEnd", uses: ["weir", "WeirAgent", "WeirEngine", "WeirPipeline", "StandIn"],
            beside: ["MCP/sdk_client.py"]),
    ]
)
