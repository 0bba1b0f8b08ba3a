// swift-tools-version: 6.2

import PackageDescription

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"),
    .product(name: "GRDBSQLite", package: "GRDB.swift"),
]

// What the fake CRM's socket needs to end a connection without an answer.
let sockets: [Target.Dependency] = [
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
]

// Deliberate breakages are there for tests and the simulation: in every debug build, and in a release build on demand.
let breakable: [SwiftSetting] = [
    Context.environment["RELAIS_BREAKABLE"] == "1"
        ? .define("RELAIS_BREAKABLE") : .define("RELAIS_BREAKABLE", .when(configuration: .debug))
]

let package = Package(
    name: "relais",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "relais", targets: ["relais"]),
        .executable(name: "relais-bench", targets: ["relais-bench"]),
        .executable(name: "relais-cases", targets: ["relais-cases"]),
        .executable(name: "relais-sim", targets: ["relais-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // C libraries, one thin module each.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(
            name: "CSimdjson",
            cxxSettings: [.unsafeFlags(["-O3"])],
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]
        ),
        .target(name: "CSQLiteSetup", linkerSettings: [.linkedLibrary("sqlite3")]),

        // Level 0: pure, nothing of ours below.
        .target(name: "CEL"),
        .target(name: "Records", swiftSettings: breakable),

        // Level 1
        .target(name: "Mapping", dependencies: ["CEL", "Records", yams, crypto]),
        .target(name: "Store", dependencies: ["CEL", "CSQLiteSetup", "Records", crypto] + grdb),
        .target(name: "Transport", dependencies: ["CCurl", "CSimdjson", "CEL", "Records"]),

        // Level 2
        .target(
            name: "Connectors",
            dependencies: ["CEL", "Mapping", "Records", "Store", "Transport", yams, crypto, logging]
        ),
        .target(name: "Messaging", dependencies: ["CEL", "Records", "Store", "Transport", crypto]),
        .target(name: "Authoring", dependencies: ["Mapping", "Records"]),
        .target(name: "Planning", dependencies: ["CEL", "Mapping", "Records"]),
        .target(name: "Scoring", dependencies: ["CEL", "Mapping", "Records"]),

        // Level 3
        .target(
            name: "SyncEngine",
            dependencies: [
                "CEL", "Connectors", "Mapping", "Planning", "Records", "Store", "Transport", crypto, logging,
            ]
        ),
        .target(
            name: "WorkflowRunner",
            dependencies: [
                "CEL", "Mapping", "Messaging", "Records", "Scoring", "Store", crypto,
            ]
        ),
        .target(
            name: "HandOff",
            dependencies: [
                "CEL", "Mapping", "Messaging", "Records", "Scoring", "Store",
            ]
        ),

        // Level 5
        .target(
            name: "RelaisCommands",
            dependencies: [
                "Authoring", "CEL", "Connectors", "FakeCRM", "HandOff", "Mapping", "Messaging", "Planning", "Records",
                "Scoring", "Store", "SyncEngine", "Transport", "WorkflowRunner", argumentParser, logging, yams, crypto,
            ],
            // Links to the files of Config and Mappings: what `relais init` writes is what this repository ships.
            resources: [.embedInCode("Templates")]
        ),
        .executableTarget(name: "relais", dependencies: ["RelaisCommands", argumentParser]),
        .target(
            name: "CBenchLimit",
            path: "Benchmarks/CBenchLimit",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .executableTarget(
            name: "relais-bench",
            dependencies: [
                "CBenchLimit", "CEL", "Connectors", "FakeCRM", "Mapping", "Records", "Store", "SyncEngine", "Transport",
                argumentParser, logging,
            ],
            path: "Benchmarks/relais-bench"
        ),

        // Tests
        // Generated cases for the planner, with a reference to hold it against; run by the million in CI.
        .target(name: "PlannerCases", dependencies: ["Mapping", "Planning", "Records"]),
        .executableTarget(name: "relais-cases", dependencies: ["PlannerCases", "Records"]),
        .testTarget(name: "RepositoryTests", dependencies: ["Records"]),
        // Runs the built `relais-cases`, which every `swift build --build-tests` makes.
        .testTarget(
            name: "PlanningTests",
            dependencies: ["Mapping", "Planning", "PlannerCases", "Records", "relais-cases"]
        ),

        // Stand-ins for the outside world; imported by commands and tests only.
        .target(name: "FakeCRM", dependencies: ["Records", "Transport", logging] + sockets),
        .target(
            name: "RelaisTesting",
            dependencies: [
                "Connectors", "FakeCRM", "Mapping", "Planning", "Records", "Store", "SyncEngine", "Transport", logging,
            ]
        ),
        // The engine in worlds where everything goes wrong.
        .target(
            name: "Simulation",
            dependencies: [
                "Connectors", "FakeCRM", "Mapping", "Planning", "Records", "RelaisTesting", "Store", "SyncEngine",
                "Transport", logging,
            ],
            // A link to the connector's manifest: what is simulated is what this repository ships.
            resources: [.embedInCode("Templates")]
        ),
        .executableTarget(name: "relais-sim", dependencies: ["Simulation", argumentParser]),
        .testTarget(
            name: "SyncEngineTests",
            dependencies: [
                "Connectors", "FakeCRM", "Mapping", "Planning", "Records", "RelaisTesting", "Store", "SyncEngine",
                "Transport", crypto, logging,
            ]
        ),

        // Tests
        .testTarget(name: "CELTests", dependencies: ["CEL"]),
        .testTarget(
            name: "WorkflowRunnerTests",
            dependencies: ["CEL", "Mapping", "Messaging", "Records", "Scoring", "Store", "WorkflowRunner"]
        ),
        .testTarget(name: "ScoringTests", dependencies: ["CEL", "Mapping", "Records", "Scoring"]),
        .testTarget(name: "MessagingTests", dependencies: ["CEL", "Messaging", "Records", "Store", "Transport"]),
        .testTarget(name: "AuthoringTests", dependencies: ["Authoring", "Mapping", "Records"]),
        .testTarget(name: "MappingTests", dependencies: ["CEL", "Mapping", "Records"]),
        .testTarget(
            name: "RelaisCommandsTests",
            dependencies: [
                "Authoring", "Connectors", "FakeCRM", "Mapping", "Planning", "Records", "RelaisCommands", "Store",
                "SyncEngine", argumentParser, logging,
            ]
        ),
        .testTarget(name: "RecordsTests", dependencies: ["Records"]),
        .testTarget(name: "StoreTests", dependencies: ["CEL", "Mapping", "Records", "Store", crypto] + grdb),
        .testTarget(
            name: "TransportTests",
            dependencies: ["Records", "Transport"],
            exclude: ["Support/smtp_server.py"]
        ),
        .testTarget(
            name: "ConnectorsTests",
            dependencies: ["Connectors", "FakeCRM", "Mapping", "Records", "Transport", crypto, logging]
        ),
        // Runs the built `relais-sim`, which every `swift build --build-tests` makes.
        .testTarget(name: "SimulationTests", dependencies: ["Simulation", "relais-sim"]),
        // Kills the built `relais`, which every `swift build --build-tests` makes.
        .testTarget(
            name: "CrashTests",
            dependencies: ["FakeCRM", "Mapping", "Records", "RelaisTesting", "Store", "relais", logging]
        ),
        .testTarget(
            name: "RealCRMTests",
            dependencies: [
                "Authoring", "Connectors", "FakeCRM", "Mapping", "Records", "RelaisTesting", "Store", "SyncEngine",
                "Transport", logging,
            ]
        ),
        .testTarget(
            name: "FakeCRMTests",
            dependencies: [
                "FakeCRM", "Transport", logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// One list for every target, so that no module can quietly opt out.
for target in package.targets where !target.name.hasPrefix("C") || target.name == "CEL" || target.name == "Connectors" {
    var settings = target.swiftSettings ?? []
    settings += [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    target.swiftSettings = settings
}
