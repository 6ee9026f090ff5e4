"""RTF: one pass over the tokens, with the groups' state on a stack of bounded depth.

Written for what CVs hold: code pages, tables, fields, notes, text boxes, lists. Pictures and embedded
objects are jumped over undecoded; nothing outside of the file is opened.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from shared_code.documents.cleaning import hidden_text_finding
from shared_code.documents.fields import hyperlink_target
from shared_code.documents.model import Finding, Link, RawDocument, Severity
from shared_code.documents.outside_resources import outside_finding
from shared_code.documents.rtf_charsets import decode_run
from shared_code.documents.rtf_formatting import Formatting
from shared_code.documents.rtf_groups import Field, Group
from shared_code.documents.rtf_paper import RtfPaper
from shared_code.documents.rtf_story import Story, joined
from shared_code.documents.rtf_tables import ColourTable, FontTable
from shared_code.documents.visibility import Verdict
from shared_code.errors import CorruptDocumentError, DocumentTooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_code.documents.formats import Source

_TOKEN = re.compile(
    rb"([^\\{}\r\n\x00]+)|\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|([{}])|\\([^a-zA-Z])"
    rb"|[\r\n\x00]+|\\",
    re.DOTALL,
)
_SKIPPED_TOKEN = re.compile(rb"([{}])|\\(?:bin([0-9]{1,10}) ?|[^a-zA-Z])", re.DOTALL)
_FIRST_STAR = re.compile(rb"[\r\n\x00]{0,9}\\\*")  # amid a group, as OpenOffice 1 has it, it means nothing
_MOST_TOKENS = 2_000_000  # Word writes 50,000 for a long CV
_DEEPEST_GROUP = 1_000
_OUTSIDE_FIELD = re.compile(r"\s*(INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DDEAUTO|DDE)\s+(.*)", re.DOTALL)

_CHARACTERS = {
    b"tab": "\t", b"line": "\n", b"lbr": "\n", b"page": "\n", b"column": "\n",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"zwj": "\u200d",
    b"zwnj": "\u200c", b"ltrmark": "\u200e", b"rtlmark": "\u200f",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}
_SKIPPED = frozenset(
    b"""
    stylesheet info pict objdata objclass objname nonshppict nonesttables listtable
    listoverridetable rsidtbl generator xmlnstbl themedata colorschememapping datastore latentstyles
    fchars lchars annotation atnid atnauthor xe tc shprslt sp pgptbl revtbl filetbl txe rxe private
    ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn pnseclvl
    """.split()
)
# Behind \* a reader skips what it doesn't know.
_READ_THOUGH_STARRED = frozenset([b"shpinst", b"do", b"fldinst", b"ud", b"template", b"nesttableprops"])
_FOOTERS = (b"footer", b"footerl", b"footerr", b"footerf")
_HEADERS = (b"header", b"headerl", b"headerr", b"headerf")


def read_rtf(source: Source, /) -> RawDocument:
    """Text, links and findings of an RTF file, as one page: headers, body, notes, footers.

    Deleted revisions are left out; so is text that nobody sees, which is reported.

    Raises:
        CorruptDocumentError: groups nest deeper than 1,000 levels.
        DocumentTooLargeError: more than two million tokens.
    """
    content = source.content
    if b"\x00" in content[:16]:  # saved as UTF-16 by a text editor
        content = content.replace(b"\x00", b"")
    reader = _Reader(content)
    reader.read()
    return reader.document()


class _Reader:
    """Reads one file, token by token."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = max(content.find(b"{\\rtf"), 0)
        self._tokens = 0
        self._body = Story()
        self._headers: list[Story] = []
        self._notes: list[Story] = []
        self._footers: list[Story] = []
        self._links: list[Link] = []
        self._findings: dict[Finding, None] = {}
        self._hidden: list[str] = []
        self._has_images = False
        self._fonts = FontTable()
        self._colours = ColourTable()
        self._paper = RtfPaper(content, self._colours)
        self._pending = bytearray()
        self._skip_characters = 0
        self._is_starred = False
        self._opened_at = 0
        self._skips_first_of_pair = False
        self._group = Group(self._body, self._take_text)
        self._groups: list[Group] = []
        self._formatting = Formatting(self._fonts, self._colours)
        self._words = self._handlers()

    def _handlers(self) -> dict[bytes, Callable[[int | None], None]]:
        words: dict[bytes, Callable[[int | None], None]] = {
            b"par": self._end_paragraph, b"sect": self._end_paragraph, b"cell": self._end_cell,
            b"nestcell": self._end_nested_cell, b"row": self._end_row, b"nestrow": self._end_nested_row,
            b"trowd": self._start_row, b"u": self._unicode, b"bin": self._binary,
            b"fonttbl": self._start_fonts, b"colortbl": self._start_colours, b"field": self._start_field,
            b"fldinst": self._start_instruction, b"fldrslt": self._start_shown,
            b"listtext": self._start_label, b"pntext": self._start_label, b"shptxt": self._start_box,
            b"dptxbxtext": self._start_box, b"footnote": self._start_note, b"upr": self._start_pair,
            b"template": self._start_template, b"nesttableprops": self._start_nested_row,
        }  # fmt: skip
        words |= dict.fromkeys(_HEADERS, self._start_header)
        return words | dict.fromkeys(_FOOTERS, self._start_footer)

    def read(self) -> None:
        """Take in the whole file."""
        content, match = self._content, _TOKEN.match
        while token := match(content, self._at):
            self._at = token.end()
            self._count()
            text, word, number, code, brace, symbol = token.groups()
            if text is not None:
                self._bytes(text)
            elif code is not None:
                self._bytes(bytes.fromhex(code.decode()))
            elif word is not None:
                self._word(word, int(number) if number else None)
            elif brace == b"{":
                self._open()
            elif brace == b"}":
                self._close()
            elif symbol is not None:
                self._symbol(symbol)
        while self._groups:
            self._close()

    def document(self) -> RawDocument:
        """All stories as one page; first-page and even-page headers often repeat each other."""
        self._body.finish()
        texts = [
            "\n".join(dict.fromkeys(story.text() for story in self._headers)),
            self._body.text(),
            "\n".join(story.text() for story in self._notes),
            "\n".join(dict.fromkeys(story.text() for story in self._footers)),
        ]
        hidden = joined(self._hidden)
        findings = list(self._findings)
        if any(c.isalpha() for c in hidden):
            message = "Text that nobody sees (hidden, in the colour behind it, or too small) was left out."
            findings.append(hidden_text_finding(message, hidden, page=1))
        page = "\n\n".join(text for text in texts if text.strip())
        return RawDocument("rtf", (page,), tuple(self._links), tuple(findings), self._has_images)

    # Tokens

    def _count(self) -> None:
        self._tokens += 1
        if self._tokens > _MOST_TOKENS:
            raise DocumentTooLargeError("The file holds more formatting than any CV: save it as PDF.")

    def _bytes(self, data: bytes) -> None:
        if self._skip_characters:
            skipped = min(self._skip_characters, len(data))
            self._skip_characters -= skipped
            data = data[skipped:]
        self._pending += data

    def _flush(self) -> None:
        if self._pending:
            data, self._pending = bytes(self._pending), bytearray()
            self._group.take(decode_run(data, self._group.codec))

    def _open(self) -> None:
        self._flush()
        self._skip_characters = 0
        self._is_starred = False
        if len(self._groups) >= _DEEPEST_GROUP:
            raise CorruptDocumentError(
                f"The file nests its contents deeper than {_DEEPEST_GROUP} levels: save it again."
            )
        self._groups.append(self._group)
        self._opened_at = self._at
        self._group = copy.copy(self._group)
        self._group.at_end = None
        if self._skips_first_of_pair:
            self._skips_first_of_pair = False
            self._skip_group()

    def _close(self) -> None:
        self._flush()
        self._skip_characters = 0
        self._is_starred = False
        if self._groups:
            ended, self._group = self._group, self._groups.pop()
            if ended.at_end is not None:
                ended.at_end()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            first = _FIRST_STAR.match(self._content, self._opened_at)
            self._is_starred = first is not None and first.end() == self._at
        elif symbol in b"\r\n":
            self._flush()
            self._end_paragraph(None)
        elif (text := _SYMBOLS.get(symbol)) is not None:
            if symbol in b"\\{}":
                self._bytes(symbol)  # may be the second half of a double-byte character
            else:
                self._character(text)

    def _word(self, word: bytes, number: int | None) -> None:
        self._flush()
        is_starred, self._is_starred = self._is_starred, False
        if (character := _CHARACTERS.get(word)) is not None:
            self._character(character)
            return
        if word != b"u":
            self._skip_characters = 0
        if word in _SKIPPED or (is_starred and word not in _READ_THOUGH_STARRED):
            self._note_skipped(word)
            self._skip_group()
        elif (handle := self._words.get(word)) is not None:
            handle(number)
        elif (apply := self._formatting.words.get(word)) is not None:
            apply(self._group, number)

    def _note_skipped(self, word: bytes) -> None:
        if word in {b"pict", b"shppict"}:
            self._has_images = True
        elif word == b"objdata":
            message = "The file holds other files inside it, which were not read."
            self._findings[Finding("embeddedFile", Severity.MINOR, message)] = None

    def _skip_group(self) -> None:
        """Jump behind the brace that closes the open group."""
        depth = 1
        while depth and (token := _SKIPPED_TOKEN.search(self._content, self._at)):
            self._count()
            self._at = token.end()
            brace, length = token.groups()
            if length is not None:
                self._at += int(length)
            elif brace is not None:
                depth += 1 if brace == b"{" else -1
        if depth:
            self._at = len(self._content)
        else:
            self._close()

    def _binary(self, number: int | None) -> None:
        self._at += max(number or 0, 0)

    # Text

    def _character(self, text: str) -> None:
        self._flush()
        if self._skip_characters:
            self._skip_characters -= 1
        else:
            self._group.take(text)

    def _unicode(self, number: int | None) -> None:
        self._skip_characters = 0
        if number is not None:
            self._group.take(chr(number & 0xFFFF if number < 0x10000 else min(number, 0x10FFFF)))
        self._skip_characters = self._group.fallback_characters

    def _take_text(self, text: str) -> None:
        group = self._group
        if group.is_deleted:
            return
        verdict = group.verdict(text, self._paper)
        if verdict is not Verdict.SEEN:
            self._hidden.append(text)
        if verdict is Verdict.SEEN or (verdict is Verdict.UNSEEN and text.isspace()):
            group.story.add(text)
            if group.field is not None and group.field.is_shown:
                group.field.show(text)
        elif verdict is Verdict.UNSEEN:
            group.story.leave_gap()

    # Paragraphs and tables

    def _end_paragraph(self, _: int | None) -> None:
        if self._group.take == self._take_text:
            self._group.story.end_paragraph(self._group.table_level)
            if self._hidden and self._hidden[-1] != "\n":
                self._hidden.append("\n")

    def _end_cell(self, _: int | None) -> None:
        self._group.story.end_cell(1)

    def _end_nested_cell(self, _: int | None) -> None:
        self._group.story.end_cell(max(self._group.table_level, 2))

    def _end_row(self, _: int | None) -> None:
        self._group.story.end_row(1)

    def _end_nested_row(self, _: int | None) -> None:
        self._group.story.end_row(max(self._group.table_level, 2))

    def _start_row(self, _: int | None) -> None:
        if not self._group.is_nested_row:
            self._group.story.start_row()

    def _start_nested_row(self, _: int | None) -> None:
        self._group.is_nested_row = True

    # Destinations

    def _start_fonts(self, _: int | None) -> None:
        self._group.is_font_table = True
        self._group.take = _ignore

    def _start_colours(self, _: int | None) -> None:
        self._group.take = self._colours.end_entries

    def _start_pair(self, _: int | None) -> None:
        self._skips_first_of_pair = True  # the same text in the code page, then in Unicode

    def _start_label(self, _: int | None) -> None:
        label: list[str] = []
        story = self._group.story
        self._group.take = label.append
        self._group.at_end = lambda: story.add_label(joined(label))

    def _start_story(self, at_end: Callable[[Story], None]) -> None:
        story = Story()
        group = self._group
        group.story, group.take, group.field, group.table_level = story, self._take_text, None, 0

        def finish() -> None:
            story.finish()
            at_end(story)

        group.at_end = finish

    def _start_box(self, _: int | None) -> None:
        anchor = self._group.story
        self._group.box = self._paper.behind_box(self._at)
        self._start_story(lambda box: anchor.add_box(box.text().split("\n")))

    def _start_note(self, _: int | None) -> None:
        self._start_story(self._notes.append)

    def _start_header(self, _: int | None) -> None:
        self._start_story(self._headers.append)

    def _start_footer(self, _: int | None) -> None:
        self._start_story(self._footers.append)

    # Fields

    def _start_field(self, _: int | None) -> None:
        opened = Field(self._group.field)
        self._group.field = opened
        self._group.at_end = lambda: self._end_field(opened)

    def _start_instruction(self, _: int | None) -> None:
        if self._group.field is not None:
            self._group.take = self._group.field.instruction.append

    def _start_shown(self, _: int | None) -> None:
        self._group.take = self._take_text
        if self._group.field is not None:
            self._group.field.is_shown = True

    def _end_field(self, ended: Field) -> None:
        shown, instruction = joined(ended.shown), joined(ended.instruction)
        if ended.parent is not None and ended.parent.is_shown:
            ended.parent.show(shown)
        target = hyperlink_target(instruction)
        if target:
            self._links.append(Link(target, " ".join(shown.split()), 1))
        elif outside := _OUTSIDE_FIELD.match(instruction):
            self._note_outside(outside[1], outside[2])

    def _start_template(self, _: int | None) -> None:
        name: list[str] = []
        self._group.take = name.append
        self._group.at_end = lambda: self._end_template(joined(name))

    def _end_template(self, name: str) -> None:
        self._note_outside("attachedTemplate", name)

    def _note_outside(self, kind: str, target: str) -> None:
        finding = outside_finding(kind, target)
        if finding is not None:
            self._findings[finding] = None


def _ignore(_: str) -> None:
    pass
