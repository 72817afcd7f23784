// Script and Script_Extensions for `\p{Script=…}` and `\p{Script_Extensions=…}`, from the Unicode Character Database.
// The literals are printed by Scripts/lib/unicode_tables.py (Unicode 14).

enum UnicodeScripts {
    /// The code points of a script by its long or short name, or nil where there is none of that name.
    static func set(_ name: String, withExtensions: Bool) -> CodePointSet? {
        guard let number = numbers[name] else { return nil }
        let script = scripts.set(number)
        guard withExtensions else { return script }
        // Code points with a list of scripts belong to those, and no longer to the one they have by Script.
        let listed = extensions.values.reduce(into: [ClosedRange<UInt32>]()) { $0 += $1 }
        let alone = script.complement.union(CodePointSet(listed)).complement
        return alone.union(CodePointSet(extensions[number] ?? []))
    }

    private static let numbers: [String: UInt8] = {
        var numbers: [String: UInt8] = [:]
        for (position, pair) in names.split(separator: " ").enumerated() {
            for name in pair.split(separator: "=") { numbers[String(name)] = UInt8(truncatingIfNeeded: position + 1) }
        }
        // The aliases of two names that PropertyValueAliases.txt gives three of.
        numbers["Qaac"] = numbers["Coptic"]
        numbers["Qaai"] = numbers["Inherited"]
        return numbers
    }()

    private static let scripts = UnicodeRanges(packed)

    /// Per script the code points that list it.
    private static let extensions: [UInt8: [ClosedRange<UInt32>]] = {
        var extensions: [UInt8: [ClosedRange<UInt32>]] = [:]
        var reader = PackedNumbers(packedExtensions)
        while let script = reader.next(), let count = reader.next() {
            var end: UInt32 = 0
            for _ in 0..<count {
                guard let gap = reader.next(), let length = reader.next() else { break }
                extensions[UInt8(truncatingIfNeeded: script), default: []].append(end &+ gap...end &+ gap &+ length)
                end = end &+ gap &+ length &+ 1
            }
        }
        return extensions
    }()

    /// Short and long name of each script, in the order of the long ones.
    private static let names = #"""
        Adlm=Adlam Ahom=Ahom Hluw=Anatolian_Hieroglyphs Arab=Arabic Armn=Armenian Avst=Avestan Bali=Balinese Bamu=Bamum \#
        Bass=Bassa_Vah Batk=Batak Beng=Bengali Bhks=Bhaiksuki Bopo=Bopomofo Brah=Brahmi Brai=Braille Bugi=Buginese Buhd=\#
        Buhid Cans=Canadian_Aboriginal Cari=Carian Aghb=Caucasian_Albanian Cakm=Chakma Cham=Cham Cher=Cherokee Chrs=Chor\#
        asmian Zyyy=Common Copt=Coptic Xsux=Cuneiform Cprt=Cypriot Cpmn=Cypro_Minoan Cyrl=Cyrillic Dsrt=Deseret Deva=Dev\#
        anagari Diak=Dives_Akuru Dogr=Dogra Dupl=Duployan Egyp=Egyptian_Hieroglyphs Elba=Elbasan Elym=Elymaic Ethi=Ethio\#
        pic Geor=Georgian Glag=Glagolitic Goth=Gothic Gran=Grantha Grek=Greek Gujr=Gujarati Gong=Gunjala_Gondi Guru=Gurm\#
        ukhi Hani=Han Hang=Hangul Rohg=Hanifi_Rohingya Hano=Hanunoo Hatr=Hatran Hebr=Hebrew Hira=Hiragana Armi=Imperial_\#
        Aramaic Zinh=Inherited Phli=Inscriptional_Pahlavi Prti=Inscriptional_Parthian Java=Javanese Kthi=Kaithi Knda=Kan\#
        nada Kana=Katakana Kali=Kayah_Li Khar=Kharoshthi Kits=Khitan_Small_Script Khmr=Khmer Khoj=Khojki Sind=Khudawadi \#
        Laoo=Lao Latn=Latin Lepc=Lepcha Limb=Limbu Lina=Linear_A Linb=Linear_B Lisu=Lisu Lyci=Lycian Lydi=Lydian Mahj=Ma\#
        hajani Maka=Makasar Mlym=Malayalam Mand=Mandaic Mani=Manichaean Marc=Marchen Gonm=Masaram_Gondi Medf=Medefaidrin\#
         Mtei=Meetei_Mayek Mend=Mende_Kikakui Merc=Meroitic_Cursive Mero=Meroitic_Hieroglyphs Plrd=Miao Modi=Modi Mong=M\#
        ongolian Mroo=Mro Mult=Multani Mymr=Myanmar Nbat=Nabataean Nand=Nandinagari Talu=New_Tai_Lue Newa=Newa Nkoo=Nko \#
        Nshu=Nushu Hmnp=Nyiakeng_Puachue_Hmong Ogam=Ogham Olck=Ol_Chiki Hung=Old_Hungarian Ital=Old_Italic Narb=Old_Nort\#
        h_Arabian Perm=Old_Permic Xpeo=Old_Persian Sogo=Old_Sogdian Sarb=Old_South_Arabian Orkh=Old_Turkic Ougr=Old_Uygh\#
        ur Orya=Oriya Osge=Osage Osma=Osmanya Hmng=Pahawh_Hmong Palm=Palmyrene Pauc=Pau_Cin_Hau Phag=Phags_Pa Phnx=Phoen\#
        ician Phlp=Psalter_Pahlavi Rjng=Rejang Runr=Runic Samr=Samaritan Saur=Saurashtra Shrd=Sharada Shaw=Shavian Sidd=\#
        Siddham Sgnw=SignWriting Sinh=Sinhala Sogd=Sogdian Sora=Sora_Sompeng Soyo=Soyombo Sund=Sundanese Sylo=Syloti_Nag\#
        ri Syrc=Syriac Tglg=Tagalog Tagb=Tagbanwa Tale=Tai_Le Lana=Tai_Tham Tavt=Tai_Viet Takr=Takri Taml=Tamil Tnsa=Tan\#
        gsa Tang=Tangut Telu=Telugu Thaa=Thaana Thai=Thai Tibt=Tibetan Tfng=Tifinagh Tirh=Tirhuta Toto=Toto Ugar=Ugariti\#
        c Vaii=Vai Vith=Vithkuqi Wcho=Wancho Wara=Warang_Citi Yezi=Yezidi Yiii=Yi Zanb=Zanabazar_Square
        """#

    private static let packed = #"""
        P2PiPi2VPUiPi2VP1^iPP2VP^iPP2VPTiPf2VPPiPn2VPPiP>P2VP1ViPT2VPTiPQ]PciP3_1hPS1\PPiPR1\RS1\PPiPP1\TP1\PPiPP1\PPiPR\#
        1\QP1\Qc1\Q1n1\P]jP_1\P4TnPQ1hP5XnQ1UUR1aURRUQ1f1eXj1eTU1e[TTPPiPUTPPiP]TPPiPRTPPiPoTPPiPYTPZ1hPiTPP1hP3[TPPiP1Q\#
        TP]4YQ1k4YRR4YP1_TP1a4d^1j3TRR3TP1]3mR^3mQk2aRP2aQZ4YUnTQQTV2YTPPiPlTP2`1PPS1hP^1PPQiPi1PPS[QW[RQ[Re[QV[QP[SS[RX\#
        [RQ[RS[XP[TQ[QT[Rh[RR1_QU1_TQ1_Re1_QV1_QQ1_QQ1_QQ1_RP1_QT1_TQ1_RR1_SP1_WS1_QP1_W`1_ZR1]QX1]QR1]Qe1]QV1]QQ1]QT1]R\#
        Y1]QR1]QR1]RP1]_S1]R[1]WV1]QR3bQW3bRQ3bRe3bQV3bQQ3bQT3bRX3bRQ3bRR3bWR3bTQ3bQT3bRa3bZQ4`QU4`SR4`QS4`SQ4`QP4`QQ4`S\#
        Q4`SR4`S[4`TT4`SR4`QS4`RP4`VP4`^d4`U\4cQR4cQf4cQ_4cRX4cQR4cQS4cWQ4cQR4cRP4cRS4cRY4cWX4cP\1mQR1mQf1mQY1mQT1mRX1mQ\#
        R1mQS1mWQ1mVQ1mQS1mRY1mQQ1m]\2`QR2`Q1b2`QR2`QU2`T_2`Ri2`QR4SQa4SSg4SQX4SQP4SRV4SSP4STU4SQP4SQW4SVY4SRR4S\1i4eTPi\#
        Pk4e1UQ2UQP2UQT2UQg2UQP2UQf2URT2UQP2UQU2URY2URS2U1P2W4fQ1S4fT1V4fQ1S4fQ^4fQV4fPSiPQ4f1U4o2oP1U1XQP1XUP1XR1Z1XPPi\#
        PS1XP7o1aP2X1WQS1WRV1WQP1WQS1WR1X1WQS1WR1P1WQS1WRV1WQP1WQS1WR^1WQ1h1WQS1WR2R1WRo1WSi1WV2egRUgRCobPl3WS2Z3lPRiPZ3\#
        lWe4ZYP4ZPd1cPQiYca\\4[QR4[QQ4[\2m2RRY2RVY2RVQ2lPQiPP2lPPiPc2lV2h2lW1Z2lU2UbZn2XQ[2XT[2XTP2XS[2XPm4\RT4\[1[3RTi3\#
        RVZ3RSQ3RPo2RPk`RQ`P1n4]Ql4]RZ4]VY4]V]4]Rn1h1a2\WS1^WQ1o4WP1cZXSZP1g2WS^2WSR2WP1_3XPXnW1Z1XRR1XPW4WXR1hPPiP\1hPP\#
        iPV1hPSiPP1hPUiPP1hPRiPQ1hPPiU1U2VPT1\PPnP1`2VPT1\PS2VPT1\P\2VPPnP2U2VPP1\P1o1hP7o2VPe1\RU1\R1U1\RU1\RW1\QP1\QP1\#
        \QP1\Qn1\R1d1\Q^1\Q]1\RU1\Qb1\RR1\QX1\Q[iPQ1hP2fiQZiPP2VRZiPP2VP^iQ\2VS1Pi_1P1h_1UiPP1\PRiPQ2VPUiPP2VPjiPP2VP`iP\#
        1X2VPRiTDfiiZieLoiP7o_PCciRoiQ3XiP2o1YPo2VP3cjUVjP1U1XQP1XUP1XR1g4gWQ4g^P4gPf1WYV1WQV1WQV1WQV1WQV1WQV1WQV1WQV1WQ\#
        onP2mi1Ri1`Q2h1`\6e1`j[iTTiPP1`PPiPP1`PhiPX1`PS1hPQ1aPWiPS1`PSiQ2e1fRQ1hPQiPR1fPPiP2i1nPQiPR1nU1Z]Q2m1aQ_iPo]P1S\#
        i\_1nPn1aQ1oiPn1aP2`iP1^1nPPiP2g1nP5WiP6=o1`P1oiPD?o1`P14\5PS1f5PY1_2[P9[4kd2onP2gXX1QiP3U2VPRiP1o2VUQ2VQP2VQT2V\#
        h]2VP1\4XSYiV1g3hX2U3nX[3nVo1PP1]1oPPiPP1oP1S3k[P3kPl1aS2]1kQPiPY1kTQ1kPn2oQ1ffY]fRYfRSfPo2oP2R4^hT4^Pf2fZU1WRU1\#
        WRU1WYV1WQV1WQ1Z2VPPiPX2VPP1\PS2VPQiT2_gP1]2fRY2fV:MS1a\f1aT1`1a88T;]1`R3Y1`1VV2V\TUUi1eQT1eQP1eQQ1eQQ1eQY1eP3bT\#
        `;ZTPQiP2_TR1eTWPT1P_TP_1hPYiV]1hPQnP1RiQbiQSiTTTQ4VTRPiQoiPi2VPUiPi2VPZiPY1nPPiP1\1nPQiPn1aSU1aRU1aRU1aRR1aSViQ\#
        ViZTiR[2ZQi2ZQb2ZQQ2ZQ^2ZR]2Z1R3j2ZURiT1\iSXiP2^1\Q\iSP1\1_1\iPP1h4Rl2\S1`c_P1hPjiT1S3ZYR3ZPj1ZU1Z3\Um4jQP4jP1S3\#
        ]T]3]1Z2_oP1_4PPm3dRY3dV1S3cT1S3cT1W1UX1cd[PdPZ4lQ^4lQV4lQQ4lQZ4lQ^4lQV4lQQ4l2S9f2YYe2YZW2YhU2VQ1Y2VQX2V2UUlRPlQ\#
        1[lQQlSPlRPlPe1gQX1gPo3fPn3PXX3P1`b1dQQ1dUT1dPk3iSP3iPi2]UP2]2Po2iPg2hTc2hR1]2hPS2PQQ2PUW2PQR2PQl2PRR2PTY2PWX2PW\#
        o3_Po3[1P1V2bT[2bY1eVSVVPe1jRW1jPb1iUW1iPa3jWS3j\V3j2`2X3`1g1b3Y]1b3YWU3YP1W1bXY1b9VnTQ1Y4oQR4oRQ4o2^1W3^X1Y4Tfi\#
        3a1Vkhdf1VY2]^T1S^YP^P2R1lZP1lRh4UWY4UV1deQaeX1V2^Y2o3oQc4S[a2SQ1[2S2QV2nQP2nQS2nQ^2nQZ2nV1j2TUY2TVS1[QW1[RQ1[Re\#
        1[QV1[QQ1[QT1[QP1hPX1[RQ1[RR1[RP1[VP1[UV1[RV1[ST1[4[2k3SQT3Sn2W4hXY4h5V1e4QR1U4Q1R2T2k[Y2kV\2lc1i4_VY4_1fjRR^RTf\#
        R5i1k1R3T2b4n\P4nPV1QRP1QRW1QQQ1QQm1QQQ1QR[1QYY1Q2VW3QR1]3QRZ3Qk2W5QX2b4V]_bP1h3g8WX\Q1\\Q]\Zl\So2cRe2cQ]2c2YV2d\#
        QQ2dQ1[2dSP2dQQ2dQX2dXY2dVU1^QQ1^Q1T1^QQ1^QU1^WY1^9fh2_5gP2[_1a4`]P4`PLik3V3^kQTk[6Sk2B\3Rm]11^1TQX1T3NWBVS8=iAh\#
        XWn2mQY2mTQ2mP2^4aQY4aVmYRUYZ2U3eZY3eQV3eQd3eUb3eE`2j2e3U2Z2jT1h2jW`2j2PP4bPP3UPQ1`PP2Q[Q1`^5Og4bXGo4bP>e2Q1ZX4b\#
        8GWS1nQV1nQQ1nQP1nP8n1fPR1n1]R1faS1nX<[3U28T3Z1SU\1SSX1SWY1SRS1SPSi4Bl1]1hRf1hY3ci1l7eiZ1ViR1miPR1hP`iPW1hPQiPV1\#
        hPmiPS1hP1lie2U1\4jci\2fiYhi4W2diQ2ViQQiRPiRQiRSiQ[iQPiQViQ2PiQSiRWiQViQkiQSiQTiQPiSViQ:ciR9SiR1aiPD[4R_T4RQ^4R1\#
        2`n2V7QV1YQ`1YRV1YQQ1YQT1Y6e1\3VS]3VRY3VTQ3V:Pn4ia1i4mUP4m17PV1WQS1WQQ1WQ^1WQ6T2gR_2g1Y2[QTYQTQQHa2Si2\1li6RSTQj\#
        TQQTQPTRPTQYTQSTQPTQPTVPTTPTQPTQPTQRTQQTQPTRPTQPTQPTQPTQPTQQTQPTRSTQVTQSTQSTQPTQYTQ`TURTQTTQ`T1dQT8^1[iT3Si\^iR^\#
        iQ^iQ1TiZ5]i1hiiPP1fPQi]1[iTXiWQi^Ui4jNgiU_iS\iS3ci\2hiW[iTPi_[iT1giXYiV1WiXmiRQi2^:ci\]iRTiSTiSViYliSZiUUiZYiVW\#
        iXViY4biQ1fi1UYi10V19Fo1`1P41h1`W6m1`R5DQ1`^79`1`30o@m1`1?R4JZ1`EK5fPin2oi4P7_1h
        """#

    private static let packedExtensions = #"""
        QR1@oP1PPT\1@\P^QRP1PPZZZYVP3SP1MCYQ5bPZP17Rk[]2:aQaQ4PY4GPPQPRQQPXPXPRPTPRR12OiP]Y<0QRTYQ\ZSRPVP6SP1C:YQ8jT`Q1:\#
        >_PaQ5IeQeR2?VY1B`YjQ20GPklS208PRT1\SXmQ208PQnT14ST6;`P42ZPN1[P1PX2:aQa[4KP1VQQOfP11IoY5gPQP1RR2;T[17FPY1SQ3?5PS\#
        1XQ47kP1YT14TPRP:=kPN1[P1[]2:aQaQDP]46lPQQnRSQOfP1L@`PQP1gQ34cQQP1\SJRPRP6CjQ1]T2:aQaQ<PY17:PY1^Q2;TQ1_T2:aQaQ8P\#
        Y17>PY1`g<0QRRPQYQ\ZSRPVPTS5kP4d_1P1S1l1W1h1`_[1cP2hhZT3PnLHQWEImQ8jT1DOja7FnQ1aX<0QRTYQ\`PVP6SP1C:YQ8jT1bU1@\P^\#
        PSP1PP4cP1cQ5IeQ1f]<0QRTYQ\`UQPTQ2kSSP2jQ1C:XQ8jTZP1]Q1kQ1:>_P1lR2;VY17FPY1mY2:aQaQLPY3OPPQPWPgPQP12IkU1n]<0QRTY\#
        Q\`UQPTQ2kSSP2jQ1C:XQ8jTZP1]Q1oQ1:9^P2SR2GVY17:PY2TR2;TQ17FZY2VXKS\8eQ16ZQ1MXP3IcP6PP11@_WAVP2XQ2;UP2YQ208W1\2ZS\#
        208PRT1\SX2^R2;T[17FPY2`T2:aQaQ4KdP12JeR2aQ1BPP2bR1BPP215aP2dQ2;TQ2kQ1:1`Y2lS60RQQP21YP2nQ2CVY2oR42PY167TP3QV2;T\#
        QLPY3OiPXPWP12IeU3TT1@\P^PSP1MHnQ3\Q14SP3aR1BPP215aP3bT2:aQaQ4KdPgP3hR60RQQP3jQ1BPP3oU2:aP4LUPQPRQRP4SQ2;TQ4TQ1B\#
        PP4XR2;TQ4PY4YX1@\P^QRP1PPZZjP5LWPQP4ZQ5IeQ4[Q5IeQ4\Q42PY4_R2;TQ17FZY4`Z2:aQaQDP]47VP130hPJ@]PQP1gQ34cQQP4cT2:aQ\#
        aQ4KdPgP4dV1@\P^QRP2PY1MLXPZP4hT2:aQaQ4L\P12ImY4oT1@\P^PSP2PY5PU<0QQUYRW6oP1CCUT
        """#
}
