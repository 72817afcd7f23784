// AlterReplicaLogDirs (key 34), versions 1-2, flexible from 2: which directory a partition is to lie in.

/// The partitions for each directory.
public struct AlterReplicaLogDirectoriesRequest: WireMessage {
    public static let apiKey = APIKey.alterReplicaLogDirectories
    public var directories: [Directory] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.array(&directories)
        try coder.tags()
    }

    public struct Directory: WireFields {
        public var path: String = ""
        public var topics: [Topic] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&path)
            try coder.array(&topics)
            try coder.tags()
        }

        public struct Topic: WireFields {
            public var name: String = ""
            public var partitions: [Int32] = []

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.string(&name)
                try coder.integers(&partitions)
                try coder.tags()
            }
        }
    }
}

/// One result a partition.
public struct AlterReplicaLogDirectoriesResponse: WireMessage {
    public static let apiKey = APIKey.alterReplicaLogDirectories
    public var throttleTimeMilliseconds: Int32 = 0
    public var results: [Topic] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        try coder.array(&results)
        try coder.tags()
    }

    public struct Topic: WireFields {
        public var name: String = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.string(&name)
            try coder.array(&partitions)
            try coder.tags()
        }

        public struct Partition: WireFields {
            public var index: Int32 = 0
            public var error: ErrorCode = .none

            public init() {}

            public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                try coder.integer(&index)
                try coder.error(&error)
                try coder.tags()
            }
        }
    }
}
