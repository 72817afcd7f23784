// Facts of the Unicode Character Database that the standard library has no accessors for, as packed runs of code
// points: bidirectional classes and joining types here, scripts in UnicodeScripts.swift. The literals are printed by
// Scripts/lib/unicode_tables.py (Unicode 14), which says how they are packed.

/// Runs of code points with a class each, unpacked once; class 0 is whatever has no run.
struct UnicodeRanges: Sendable {
    private var runs: ContiguousArray<(first: UInt32, last: UInt32, value: UInt8)> = []

    init(_ packed: String) {
        var reader = PackedNumbers(packed)
        var end: UInt32 = 0
        while let gap = reader.next(), let length = reader.next(), let value = reader.next() {
            runs.append((end &+ gap, end &+ gap &+ length, UInt8(truncatingIfNeeded: value)))
            end = end &+ gap &+ length &+ 1
        }
    }

    func value(_ scalar: UInt32) -> UInt8 {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].last < scalar { low = middle + 1 } else { high = middle }
        }
        return low < runs.count && runs[low].first <= scalar ? runs[low].value : 0
    }

    /// The code points of one class.
    func set(_ value: UInt8) -> CodePointSet {
        CodePointSet(runs.filter { $0.value == value }.map { $0.first...$0.last })
    }
}

/// Reads numbers written in base 32: characters from `0` where a digit follows, from `P` for the last.
struct PackedNumbers {
    private let digits: [UInt8]
    private var place = 0

    init(_ text: String) { digits = Array(text.utf8) }

    mutating func next() -> UInt32? {
        var value: UInt32 = 0
        while place < digits.count {
            let digit = digits[place] &- 0x30
            place += 1
            value = value << 5 | UInt32(digit & 31)
            if digit >= 32 { return value }
        }
        return nil
    }
}

/// Classes of Bidi_Class that the rule of RFC 5893 tells apart; `leftToRight` is every assigned code point without a run.
enum BidirectionalClass: UInt8 {
    case leftToRight, rightToLeft, arabicLetter, europeanNumber, arabicNumber, europeanSeparator, commonSeparator
    case europeanTerminator, otherNeutral, boundaryNeutral, nonspacingMark
    /// Embeddings, isolates, white space: in no label.
    case forbidden

    static func of(_ scalar: UInt32) -> BidirectionalClass {
        BidirectionalClass(rawValue: classes.value(scalar)) ?? .forbidden
    }

    private static let classes = UnicodeRanges(packed)

    private static let packed = #"""
        PXYPT[P]YPT[PQXPRWPTXPPUPPVPPUPQVPYSPPVPUXjUXjSXPUYPP[PiYPPVPPXPSWPSXQQXPPYPQXPQWPQSPPXQRXPPSQTXgPXoPX>QQXW]XR]X\#
        UXXQ`XP3_ZTQXXPXUQXQPX3^PX4\VZ8PTXPPWQ1\ZPPQPPZPPQPQZPPQPQZPPQPPZX1TQ[UTPQXPPRPQWPPRPPVPPRPQXPZZP1_RPdZPYTPPWPQT\#
        PRRPPZP3TRPVZPPTPPXPUZPQRPQZPPXPSZPQRPYSPfRPPZPmRPjZR2hRPZZPPR^1ZQPXZPQQPSXPPQRPZPgQPSZPPQPXZPPQPRZPPQPTZR1XQPRZ\#
        RPQQ1^RQQTVWZP1YRPgZPPTPoZ1gPZQPZTWZTPZSVZZQZmPZ1jPZTSZXPZdQZ^QWWPWRTZ1iPZT`ZnQZSPZ[QZ1iPZTWZTPZdQZ]PWXWZ1jPZRPZ\#
        QSZXYZ[QZnPZ1mPZ\PZ1UUXPPWPPXUPZSPZ1gPZQRZU`Z[QZdVXRPZ1jPZ_QZdQZlQZ1iQZTSZXPZdQZmPZ2XPZWTZ2jPZRVZTPWWWZ3RPZRXZ[U\#
        Z2ZQZkPZQPZQPZPSX1c]ZQTZQQZU1_ZYPZ3VSZQUZQQZRQZiQZTRZ`SZ]PZRQZVPZ_PZEoRZ1`YX3VPXCoP[jQX3eRZmQZnQZnQZ2PQZQVZXPZRZ\#
        ZWPWQPZbjXPRZPPYPPZ3eQZ1RPZ3fRZTQZYPZVRZTUX4h1QXgQZRPZ1jPZQXZQPZRWZV\Z1`2cZ1`PZQTZQPZUPZ1XXZ\QZ1PSZRQZQRZ1hPZQQZ\#
        SPZQRZ1jWZRQZ4hRZQ\ZQVZTPZVPZSQZ6V1oZ=mPXQRX[RX]RX]RX]QXQZ[PRYQPQPgXPV[PPVPTWP^XPPVPiXPP[PTYQS[PUYPPSSUSPQUPRXQY\#
        SPQUPRXa1PW_1PZ_QXQSXQQXZPXQRXUUXQPXQPXQPXTPW[QXTTXUSXR_X1Y4XXPPUPPWP9QX2UiXQ7aXPcS2^>QXQ:bX8PGoX7UUXTRZWVX3oPZ3\#
        PoZP?kXTP[PSXShXYSZRPXUQXURX2iQZPQXSPX2jPX6T1SX1iQX1a_XlRX1b^X\SX5WSX3SQXoPX6>P1oXED`1fX:VRX2oSZPPXPYZPQXnQZ2`QZ\#
        ^1QX3VPX3iPZSPZTPZiQZQSXPPZ[QW1jSX2\QZjaZ]PZ1VWZiZZ1^RZ1`PZRSZRQZ1WPZ2SUZRQZRQZ\PZXPZ1_PZ1cPZQRZRQZUQZQPZ1ZQZXPZ\#
        3cQX3iPZRPZTPZCI_PQPPZPYQPPUP1UQP?]RPaXP3gRWPX1P\RPRXP_ZPYXV_ZPoXPPVPPXPPVQPXPPVPXXPPWPQXPQUPTXPQWPPXT4\RRPYQQXP\#
        RWPTXPPUPPVPPUPQVPYSPPVPUXjUXjZX3jQWPRXPQWQeX8SPX1n2\XS`X2lPZ7RPZPjS3jTZ14U8kQSPXP7PQP^ZP1UQRWZP5TQPQZT2ZQSVXP=o\#
        QP1SRPSZX:^TQ1YQQQZP3jQXeRPZZPXRfaQPSZP3`QZPZ1f^Z[cXZPZRQZZRZ1aSZRQZWPZ1mRZ1TTZQWZ1nPZ\QZ1dXZZSZRPZ2oRZRPZQQZVPZ\#
        5PPZSWZeQZ1iQZSPZ1U^Z6SWZRRZQPZgPZ2dUZQPZTQZQQZ7^SZVQZQQZkQZ2eWZRPZQQZo\X1nPZQPZRUZQPZ3URZRSZQTZ8SXZQQZ8PQZQPZTP\#
        Z4`WZTPZ1PUZRQZ1XUZRSZXPZYUZRRZ1^\ZQQZ<f]Z2deZRVZQQZQQZ3jdZQPZ2XQZSPZQPZ:kQZ7PWXPSWP`XBGnTZ1kVZ10hPZ1oSZ2_PXQPZC\#
        5hQZQSY4Bl2VZAPRZYWYPWZRVZnSZ1k2hXPRZPPX5j2fXLTPX1iPX1iPX1iPX1iPXZ1aS@P1fZT1aZXPZ^PZfdZ1:`1ZZ8UVZ;gPZ1mSZ_PW18P6\#
        _QPVZ1Y2SQPVZPdQHaBZR1d@UXZZSPTXoPX1jUX1mPX5b2;ZX1UYSH10W3nY4P7_Z
        """#
}

/// Joining_Type, for the joiners of RFC 5892 appendix A.1.
enum JoiningType: UInt8 {
    case none, dual, left, right, transparent

    static func of(_ scalar: UInt32) -> JoiningType { JoiningType(rawValue: types.value(scalar)) ?? .none }

    private static let types = UnicodeRanges(packed)

    private static let packed = #"""
        5]PTBb3_T8cVT8W1\TQPTQQTQQTQPT2XZTQPTSPQQSSPPQPPSPPQPPSPTQPSSP\QQVQPPSPQQPdT^QQPPTPRSQRSP_QPaSP1UQPPSPQQPXSPPQPP\#
        SPPQPPSPQQPQSQPSPVTRUTRQTQSTPQSZRQRPQ_PTPPSPPTPRQPTSPSQPPSPXQPPSPPQPPSPPQPPSPQQPPSPjTRPSPZQPRSP^QPQSPSQPPSPPQPQS\#
        PRQPQSPUQ1VZTi1PQPXTYPThSTQXTQRTQTTbPSPTQPQSPPQPPSPYQPPSPPQPRSPRTTPQQSQQPSPPQPQSUbSSPQRTQPPSYWTPYQPRSQPSPQQPQSPU\#
        QPPSP^QQgTQoT1gPTQPTTWTTPTSVTZQTmPT1jPTTSTXPTdQTjPTRQT1iPTTQTTQTRRTSPTnQTSPT[QT1iPTTTTQQTTPTdQTfUTQPT1jPTRPTQSTX\#
        PTWQT[QTnPT1mPT\PT1bPTSPT1gPTQRTURTQSTWQT[QTmPT1jPTRPTVPTUQTdQTlQT1iQTTSTXPTdQTmPT2XPTWRTQPT2jPTRVT\WT3RPTRXT[UT\#
        2ZQTkPTQPTQPT1g]TQTTQQTUZTQ1STYPT3VSTQUTQQTRQTiQTTRT`ST]PTRQTVPT_PTEoRTMbRTmQTnQTnQT2PQTQVTXPTRZTYPT1YPQSRTQPT`2\#
        hQ\QTP1QQPPTPPQ3eRTTQTYPTVRT6kQTRPT1jPTQVTQPTQPTRWTVYTRPT1`nT1aST1`PTQTTQPTUPT1XXT\QT1PSTRQTQRT1hPTQQTSPTQRT1jWT\#
        RQT4hRTQ\TQVTTPTVPTSQT6V1oT@[PTRQTjTT1aTTUUT3P1PT2OnRT4]PT3PoTAZST3[QTM>dSTQYT1PQT2`QT8`PTSPTTPTiQTUPTc1aQPPR2aQ\#
        TjaT]PT1VWTiZT1^RT1`PTRSTRQT1WPT2SUTRQTRQT\PTXPT1_PT1cPTQRTRQTUQTQPT1ZQTXPT7^PTRPTTPTCI`PTGQ_T`_T6_PT7iRT@QPT7RP\#
        T4eTT1DVRTQQTUST1XRTTPT4PTQPPSQPSQQSRPRPTSPSQPPRPTQPPSPRQPPSRPSPQTTSQPPS4`PQPPSPPQPRSPRQPPSPQQPPSPPQPQSPPQPPSgSS\#
        PQQ:aPRP1PQPPSPPQPST<SQT4SRQPPSP`QQZTPRQPPSkSQPQSP[QPST1ZPQQQQPRSQPQPQSPQQPPSPQQQPQPQSPPQTPSPPQPPR1ePT1f^T1YPTRQ\#
        TZRT1aSTRQTWPT1mRT1TTTQWT1nPT\QT1dXTZSTRPT2oRTRPTQQTVPT5PPTSWTeQT1iQTSPT1UVTSTT6SWTRRTQPTgPT2dUTQPTTQTQQT7^STVQT\#
        QQTkQT2eWTRPTQQT3ZPTQPTRUTQPT3URTRSTQTT8SXTQQT8PQTQPTTPT4`STRQTTPT1PYT1XUTRSTXPTYUTRRT1^\TQQT<fVTQUTQPT2beTRVTQQ\#
        TQQT3jUTSPTQQTQVTQPT2XQTSPTQPT:kQT59kXT=EgTT1kVT10hPT1oST2aPTC5hQTQST4Bl1]TRfTAPRTY_TRVTnST4dRT1Mk1fTT1aTXPT^PTf\#
        TTQ^T1:`VTQ`TRVTQQTQTT8UVT;gPT1mST1?PVT1Y2SQPWTH5EePTn2oT4P7_T
        """#
}
