// DescribeLogDirs (key 35), versions 1-5, flexible from 2: sizes on disk. 5 tells whether new partitions may
// still be put there.

/// The partitions asked about; null means all.
public struct DescribeLogDirectoriesRequest: WireMessage {
    public static let apiKey = APIKey.describeLogDirectories
    public var topics: [Topic]?

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.nullableArray(&topics)
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

/// One directory with the sizes of its partitions.
public struct DescribeLogDirectoriesResponse: WireMessage {
    public static let apiKey = APIKey.describeLogDirectories
    public var throttleTimeMilliseconds: Int32 = 0
    public var error: ErrorCode = .none
    public var results: [Result] = []

    public init() {}

    public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
        try coder.integer(&throttleTimeMilliseconds)
        if coder.version >= 3 { try coder.error(&error) }
        try coder.array(&results)
        try coder.tags()
    }

    public struct Result: WireFields {
        public var error: ErrorCode = .none
        public var directory: String = ""
        public var topics: [Topic] = []
        public var totalBytes: Int64 = -1
        public var usableBytes: Int64 = -1
        public var isCordoned: Bool = false

        public init() {}

        public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
            try coder.error(&error)
            try coder.string(&directory)
            try coder.array(&topics)
            if coder.version >= 4 { try coder.integer(&totalBytes) }
            if coder.version >= 4 { try coder.integer(&usableBytes) }
            if coder.version >= 5 { try coder.boolean(&isCordoned) }
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
                public var sizeBytes: Int64 = 0
                public var offsetLag: Int64 = 0
                public var isFuture: Bool = false

                public init() {}

                public mutating func fields(_ coder: inout FieldCoder) throws(WireError) {
                    try coder.integer(&index)
                    try coder.integer(&sizeBytes)
                    try coder.integer(&offsetLag)
                    try coder.boolean(&isFuture)
                    try coder.tags()
                }
            }
        }
    }
}
