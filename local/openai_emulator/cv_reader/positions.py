"""The jobs of a CV: dated entries with title, employer, place and what was done there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.headers import Heading, read_heading
from local.openai_emulator.cv_reader.job_labels import with_labelled
from local.openai_emulator.cv_reader.places import is_place
from local.openai_emulator.cv_reader.rows import Row, paragraphs, rows_of, without_period
from local.openai_emulator.cv_reader.titles import employer_score, is_title, title_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.openai_emulator.cv_reader.dates import Period
    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText, Line

_MAX_HEADER_ROWS = 3
_PLACEHOLDERS = frozenset({"company name", "company", "employer name", "confidential"})
_TRAINING = re.compile(
    r"(?:summer |industrial |practical |work )?(?:training|internships?|placements?)\W*$", re.IGNORECASE
)
_MARKUP = re.compile(r"[\"\n{}]")
_SELF_EMPLOYED = re.compile(
    r"^(self-?employed|freelance|freiberuflich|selbstst?ändig|autónom[oa]|indépendante?)\b[\s,–-]*(.*)$",
    re.IGNORECASE,
)
_TYPES = (
    (
        "internship",
        r"\bintern(?:ship)?s?\b|praktik(?:um|ant)|becari[oa]|prácticas|stagiaire|\bstage\b|werkstudent"
        r"|working student|placement",
    ),
    (
        "apprenticeship",
        r"apprentice|ausbildung (?:zum|zur|als)|auszubildende|\bazubi\b|alternan(?:t|ce)|aprendiz",
    ),
    (
        "freelance",
        r"freelanc|freiberuf|selbst[äa]ndig|self.?employed|autónom[oa]|indépendant|independent consultant",
    ),
    (
        "contract",
        r"\bcontract(?:or)?\b|befristet(?!e? unbefristet)|zeitarbeit|\btemporal\b|interim|fixed.term|\bCDD\b",
    ),
    ("volunteering", r"volunt(?:eer|ari)|ehrenamt|bénévol"),
    ("permanent", r"\bpermanent\b|unbefristet|festanstellung|indefinido|\bCDI\b"),
)


@dataclass(frozen=True, slots=True)
class Position:
    """One job; ``highlights`` are spans of the clean text, ``at`` is where its heading stands."""

    title: str | None
    employer: str | None
    location: str | None
    period: Period | None
    raw_dates: str | None
    employment_type: str
    highlights: tuple[tuple[int, int], ...]
    at: int

    @property
    def sort_key(self) -> tuple[bool, str, str]:
        """Newest first when sorted in reverse."""
        if self.period is None:
            return (False, "", "")
        return (
            self.period.is_current,
            self.period.ends or self.period.begins or "",
            self.period.begins or "",
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    parts: tuple[str, ...]
    period: Period | None
    dated: Row | None
    body: tuple[Row, ...]
    at: int


def read_positions(cv: CvText, sections: Sections) -> tuple[Position, ...]:
    """All jobs, newest first; undated ones last, in the order of the text."""
    found: list[Position] = []
    for part in sections.of("experience"):
        found.extend(_positions(cv, part.lines, "unknown"))
    if not found:
        found.extend(_loose_positions(cv, sections))
    for part in sections.of("volunteering"):
        found.extend(position for position in _positions(cv, part.lines, "volunteering") if position.period)
    dated = sorted(
        (position for position in found if position.period),
        key=lambda position: position.sort_key,
        reverse=True,
    )
    return (*dated, *(position for position in found if position.period is None))


def _positions(cv: CvText, lines: Sequence[Line], kind: str) -> list[Position]:
    rows = rows_of(cv, lines)
    entries = _entries(rows)
    headings = [read_heading(entry.parts) for entry in entries]
    votes = [heading.title_first for heading in headings if heading.confident]
    title_first = votes.count(True) >= votes.count(False)
    positions: list[Position] = []
    group: Heading | None = None
    for place, entry in enumerate(entries):
        heading, body = _completed(read_heading(entry.parts, title_first=title_first), list(entry.body))
        if not body and place + 1 < len(entries) and _heads_a_group(heading, entries[place + 1]):
            group = heading
            continue
        if heading.employer is None and heading.title and entry.period:
            heading = _with_employer(heading, group, positions)
        else:
            group = None
        if heading.title is None and heading.employer is None:
            continue
        positions.append(_position(cv, entry, heading, body, kind))
    return positions


def _heads_a_group(heading: Heading, following: _Entry) -> bool:
    """Whether a dated employer stands above the dated titles that were held there."""
    name = heading.employer or heading.title
    if not name or (heading.employer and heading.title) or title_score(name) > 0:
        return False
    inner = read_heading(following.parts)
    return inner.employer is None and title_score(inner.title or "") > 0


def _with_employer(heading: Heading, group: Heading | None, positions: Sequence[Position]) -> Heading:
    """A title without employer was held at the employer above it."""
    if group is not None:
        return replace(
            heading, employer=group.employer or group.title, location=heading.location or group.location
        )
    return replace(heading, employer=positions[-1].employer) if positions else heading


def _position(cv: CvText, entry: _Entry, heading: Heading, body: Sequence[Row], kind: str) -> Position:
    words = f"{' '.join(entry.parts)} {heading.title or ''}"
    found = kind if kind != "unknown" else employment_type(words)
    raw = None
    if entry.dated is not None and entry.period is not None:
        raw = _raw_dates(cv, entry.dated, entry.period)
    if (heading.employer or "").casefold() in _PLACEHOLDERS:
        heading = replace(heading, employer=None, location=None)
    highlights = tuple(span for span in paragraphs(body) if span[1] - span[0] > 3)
    return Position(
        heading.title, heading.employer, heading.location, entry.period, raw, found, highlights, entry.at
    )


def _raw_dates(cv: CvText, row: Row, period: Period) -> str:
    place = cv.clean.find(period.raw, row.start, row.end + 1)
    if place < 0:
        return period.raw
    whole = cv.verbatim(place, place + len(period.raw))
    if not _MARKUP.search(whole):
        return whole
    return cv.verbatim(place, place + len(period.raw.split(" – ")[0]))  # two values of a structured text


def employment_type(words: str) -> str:
    """Kind of employment that ``words`` of a heading state, or ``unknown``."""
    for kind, pattern in _TYPES:
        if re.search(pattern, words, re.IGNORECASE):
            return kind
    return "unknown"


def _completed(heading: Heading, body: list[Row]) -> tuple[Heading, list[Row]]:
    """Take what the heading lacks from the rows that follow it."""
    heading = with_labelled(heading, body)
    for _ in range(_MAX_HEADER_ROWS):
        if not body or not body[0].is_header_like or body[0].period:
            break
        text = body[0].text
        own = _SELF_EMPLOYED.match(text)
        if own and heading.title and heading.employer is None:
            heading = replace(heading, employer=own[1], location=heading.location or own[2] or None)
        elif heading.location is None and (
            is_place(text) or _is_address(text) or _is_proper_place(heading, body)
        ):
            heading = replace(heading, location=text)
        elif (
            is_title(text)
            and (heading.employer or heading.title)
            and not (heading.employer and heading.title)
            and not (title_score(heading.title or "") and _could_be_employer(text, body))
        ):
            known = heading.employer or heading.title or ""
            if heading.employer is None and title_score(known):
                break
            added = read_heading([text])
            heading = replace(
                heading, title=added.title, employer=known, location=heading.location or added.location
            )
        elif heading.employer is None and _could_be_employer(text, body):
            added = read_heading([text], title_first=False)
            heading = replace(
                heading,
                title=heading.title or (added.title if added.employer else None),
                employer=added.employer or added.title,
                location=heading.location or added.location,
            )
        else:
            break
        body = body[1:]
    return heading, body


def _is_address(text: str) -> bool:
    return bool(re.search(r"\b\d{4,5}\s+[A-ZÀ-Þ]", text)) and len(text) < 60


def _is_proper_place(heading: Heading, body: Sequence[Row]) -> bool:
    """One or two capitalised words between a complete heading and its bullets are a place."""
    words = body[0].text.split()
    follows = len(body) > 1 and body[1].bullet
    complete = heading.title is not None and heading.employer is not None
    return (
        complete and follows and len(words) <= 2 and all(word.isalpha() and word.istitle() for word in words)
    )


def _could_be_employer(text: str, body: Sequence[Row]) -> bool:
    if employer_score(text) > title_score(text):
        return True
    follows = len(body) == 1 or body[1].bullet or not body[1].is_header_like
    if follows and employer_score(text) == title_score(text) > 0:
        return True
    return (
        follows
        and len(text) < 90
        and title_score(text) == 0
        and not text.endswith(":")
        and len(text.split()) <= (10 if len(body) > 1 and body[1].bullet else 6)
    )


def _entries(rows: Sequence[Row]) -> list[_Entry]:
    periods = [row.period for row in rows]
    anchors = [place for place, period in enumerate(periods) if period is not None]
    ranged = [place for place in anchors if (period := periods[place]) and period.is_range]
    if ranged:
        anchors = [place for place in anchors if place in ranged or _dates_alone(rows, place)]
    if not anchors:
        return _undated(rows)
    before = _header_rows_before(rows, anchors[0], -1, _MAX_HEADER_ROWS)
    if _dates_trail(rows, anchors):
        return _trailing(rows, anchors)
    return _leading(rows, anchors, before)


def _dates_alone(rows: Sequence[Row], place: int) -> bool:
    """Whether a single date opens an entry: it names a title, or stands alone under a short row."""
    period = rows[place].period
    if title_score(rows[place].text) > 0:
        return True
    return bool(
        period and place and not without_period(rows[place].text, period) and rows[place - 1].is_header_like
    )


def _header_rows_before(rows: Sequence[Row], anchor: int, floor: int, limit: int) -> int:
    count = 0
    while count < limit and anchor - count - 1 > floor and rows[anchor - count - 1].is_header_like:
        count += 1
    return count


def _dates_trail(rows: Sequence[Row], anchors: Sequence[int]) -> bool:
    """Whether the dates stand after what was done: a right-hand column that is read last."""
    first = anchors[0]
    if first < 2 or not rows[0].is_header_like or not any(row.bullet for row in rows[1:first]):
        return False
    return first + 1 >= len(rows) or not rows[first + 1].bullet


def _trailing(rows: Sequence[Row], anchors: Sequence[int]) -> list[_Entry]:
    entries = []
    floor = 0
    for anchor in anchors:
        chunk = rows[floor:anchor]
        size = 0
        while size < len(chunk) and size < _MAX_HEADER_ROWS and chunk[size].is_header_like:
            size += 1
        parts = [row.text for row in chunk[:size]]
        body = list(chunk[size:])
        if body and not body[-1].bullet and is_place(body[-1].text):
            parts.append(body.pop().text)
        entries.append(_entry(parts, rows[anchor], body, chunk[0].start if chunk else rows[anchor].start))
        floor = anchor + 1
    return entries


def _leading(rows: Sequence[Row], anchors: Sequence[int], before: int) -> list[_Entry]:
    entries = []
    starts = []
    floor = -1
    for anchor in anchors:
        count = _header_rows_before(rows, anchor, floor, before)
        while count and floor >= 0 and is_place(rows[anchor - count].text) and anchor - count == floor + 1:
            count -= 1
        starts.append(anchor - count)
        floor = anchor
    for place, anchor in enumerate(anchors):
        end = starts[place + 1] if place + 1 < len(anchors) else len(rows)
        parts = [row.text for row in rows[starts[place] : anchor]]
        if len(parts) == 1 and anchor + 1 < end and _is_group_label(parts[0], rows[anchor], rows[anchor + 1]):
            parts = []
        after = 0 if parts or _has_words(rows[anchor]) else _header_rows_after(rows, anchor, end)
        parts.extend(row.text for row in rows[anchor + 1 : anchor + 1 + after])
        entries.append(_entry(parts, rows[anchor], rows[anchor + 1 + after : end], rows[starts[place]].start))
    return entries


def _is_group_label(text: str, dated: Row, following: Row) -> bool:
    """Whether a word above lone dates only groups the jobs: the row below names title and employer."""
    if _has_words(dated) or title_score(text) or employer_score(text) or not following.is_header_like:
        return False
    heading = read_heading([following.text])
    return heading.confident and bool(heading.title and heading.employer)


def _has_words(row: Row) -> bool:
    return bool(row.period and without_period(row.text, row.period))


def _header_rows_after(rows: Sequence[Row], anchor: int, end: int) -> int:
    """How many short rows after lone dates are the heading: two, three where one is a place."""
    count, places = 0, 0
    first = read_heading([rows[anchor + 1].text]) if anchor + 1 < end else None
    if first and first.title and employer_score(first.employer or "") and rows[anchor + 1].is_header_like:
        return 1
    while count - places < 2 and anchor + 1 + count < end and rows[anchor + 1 + count].is_header_like:
        places += 1 if is_place(rows[anchor + 1 + count].text) else 0
        count += 1
    return count


def _entry(parts: Sequence[str], dated: Row, body: Sequence[Row], at: int) -> _Entry:
    period = dated.period
    rest, told = without_period(dated.text, period) if period else dated.text, ""
    if " | " in rest and period and period.start:
        before, _, after = rest.partition(" | ")
        if len(after.split()) > 2 and before and not Row(after, 0, len(after), False, False).is_header_like:
            rest, told = before, after
    if told:
        body = [Row(told, dated.end - len(told), dated.end, True, False), *body]
    return _Entry((*parts, rest) if rest else tuple(parts), period, dated, tuple(body), at)


def _undated(rows: Sequence[Row]) -> list[_Entry]:
    """Entries of a section without dates: short rows that name a title begin them."""
    starts = [
        place
        for place, row in enumerate(rows)
        if row.is_header_like
        and is_title(row.text)
        and len(row.text.split()) <= 8
        and (place == 0 or not (rows[place - 1].is_header_like and is_title(rows[place - 1].text)))
    ]
    entries = []
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(rows)
        entries.append(
            _Entry((rows[start].text,), None, None, tuple(rows[start + 1 : end]), rows[start].start)
        )
    return entries


def _loose_positions(cv: CvText, sections: Sections) -> list[Position]:
    """Jobs of a CV without a heading for them: rows that hold a title and a period."""
    found: list[Position] = []
    trainings = [part for part in sections.of("education", "certifications") if _TRAINING.match(part.heading)]
    for part in (*sections.of("head", "summary", "projects"), *trainings):
        rows = rows_of(cv, part.lines)
        for place, row in enumerate(rows):
            period = row.period
            if period is None or not period.is_range:
                continue
            rest = without_period(row.text, period)
            parts = (
                [rest]
                if rest
                else [before.text for before in rows[max(0, place - 2) : place] if before.is_header_like]
            )
            if any(title_score(piece) for piece in parts):
                entry = _entry(parts[:-1] if rest else parts, row, (), row.start)
                found.append(_position(cv, entry, read_heading(entry.parts), (), "unknown"))
    return found
