"""Small RTF files, written by hand."""

from __future__ import annotations

from tests.unit.documents.files import FILLER

HEAD = (
    r"\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}"
    r"{\f2\fcharset128 MS Mincho;}{\f3\fcharset2 Symbol;}{\f4\fcharset134 SimSun;}{\f5\fcharset129 Batang;}"
    r"{\f6\fcharset238 Arial CE;}{\f7\fcharset161 Arial Greek;}}"
    r"{\colortbl;\red0\green0\blue0;\red255\green255\blue255;\red31\green56\blue100;}"
)


def rtf(body: str) -> bytes:
    """An RTF file with a filler paragraph, then ``body``; its fonts and colours are those of ``HEAD``."""
    return f"{{{HEAD}{FILLER}\\par {body}}}".encode("latin-1")


EVERYTHING_IN_RTF = rtf(
    r"{\header Jane Example\par}{\footer Page\par}{\*\template C:\\x.dotx}{\info{\title t}}"
    r'{\field{\*\fldinst{HYPERLINK "https://example.org"}}{\fldrslt{site}}}\par'
    r"\trowd\clcbpat3\cellx100\cellx200\intbl a\cell b\par c\cell\row"
    r"\trowd\cellx100\intbl\itap2 in\nestcell"
    r"{\*\nesttableprops\trowd\nestrow}{\nonesttables x}\itap1 out\cell\row"
    r"\pard{\listtext\f3 \'b7\tab}item\par{\pntext 1.\tab}item\par{\v hidden}{\cf2 white}{\fs2 tiny}"
    r"{\deleted old}{\f1\'cf\'f0}{\f2\'8a\'bf}{\uc2\u26085\'93\'fa}"
    r"{\upr{a}{\*\ud{\u228 ?}}}\u-10179?\u-8704?"
    r"{\footnote{\super 1} a note}{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box\par}}{\shprslt box}}"
    r"{\pict\pngblip 89504e47}{\object{\*\objdata 0105}{\result shown}}"
    r"{\*\unknown x}\bin3 \\{}\~\_\-\emdash\tab"
)
