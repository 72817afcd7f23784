// One record a line: JSON lines and fixed width. Blank lines are no records.

import Records

struct LineFramer: Sendable {
    private var start = 0
    private var hasContent = false
    private var hasBegun = false

    mutating func scan(_ core: inout FramerCore, isLast: Bool, _ body: FrameBody) rethrows {
        if !hasBegun {
            hasBegun = true
            core.setTitles(core.copy(from: 0, to: core.position))
            start = core.position
        }
        while core.hasUnit {
            let unit = core.unit(at: core.position)
            if unit == 0x0A || unit == 0x0D {
                if hasContent { try core.emit(from: start, to: core.position, body) }
                hasContent = false
                start = core.position + core.width
                core.keepFrom = start
            } else if unit != 0x20, unit != 0x09 {
                hasContent = true
            }
            core.position += core.width
        }
        if isLast {
            if hasContent { try core.emit(from: start, to: core.end, body) }
            if core.number == 0 { try core.emit(from: 0, to: core.end, fault: .fileEmpty, body) }
            core.isFinished = true
        } else if core.position - start > core.limits.recordBytesMax {
            core.beginTooLarge()
        } else {
            core.keepFrom = start
        }
    }
}
