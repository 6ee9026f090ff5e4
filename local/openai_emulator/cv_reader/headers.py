"""The heading of a job: which of its words are title, employer and place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.gazetteer import US_STATE_CODES
from local.openai_emulator.cv_reader.places import is_city, is_place, is_region
from local.openai_emulator.cv_reader.titles import employer_score, has_legal_form, title_score

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPLIT = re.compile(
    r"\s+[—–|•·∙]+\s*|\s*[—|•]\s+|\s+-+\s+|\s*-$|\s*–$|\t+|\s{3,}|\s@\s|\s+(?:at|bei|bei der|beim|chez|for"
    r" the|w/)\s+(?=[A-ZÀ-Þ\d])|\s*;\s*|\s*:\s+(?=[A-Z])|(?<=[a-zà-ÿ]{3})\.\s+(?=[A-ZÀ-Þ])"
)
_LABELLED = re.compile(
    r"^(?P<europass>occupation or position held|name and address of employer)\s*:?\s*"
    r"|(?:^|(?<=\s))(?P<label>company(?: name)?|client(?: name)?|employer|organi[sz]ation|firma|kunde"
    r"|arbeitgeber|unternehmen"
    r"|empresa|designation|position|job title|title|role|puesto|cargo"
    r"|stelle|funktion|location|place|ort|lugar|ubicación)\s*:\s*",
    re.IGNORECASE,
)
_KINDS = {
    **dict.fromkeys(
        (
            "company",
            "company name",
            "client",
            "client name",
            "kunde",
            "employer",
            "organization",
            "organisation",
            "firma",
            "arbeitgeber",
            "unternehmen",
            "empresa",
        ),
        "employer",
    ),
    **dict.fromkeys(
        ("designation", "position", "job title", "title", "role", "puesto", "cargo", "stelle", "funktion"),
        "title",
    ),
    "occupation or position held": "title",
    "name and address of employer": "employer",
    **dict.fromkeys(("location", "place", "ort", "lugar", "ubicación"), "location"),
}
_LEGAL_END = re.compile(r"^(.*\b(?:GmbH|AG|Ltd|Limited|LLC|Inc|Corp|PLC|plc|S\.L\.|S\.A\.)\.?)\s+(\S.*)$")
_NOTE = re.compile(
    r"\s*\((?:freiberuflich|freelance|selbst[äa]ndig|befristet|contract|contractor|full[\s-]?time"
    r"|part[\s-]?time|vollzeit|teilzeit|remote|hybrid|on-?site|permanent|unbefristet"
    r"|jornada completa)\)|\s*\(\d{2,3}\s?%\)|\s+\d{2,3}\s?%$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"^\d+[,\s]\s?\w+.*\d{4,5}|\b\d{5}\s+[A-ZÀ-Þ]\w+"
    r"|^\d+[A-Za-z]? [A-Z].{2,40}\b(?:Street|St|Avenue|Ave|Road|Rd|Blvd|Boulevard|Drive|Dr|Lane|Ln|NW|SW|NE"
    r"|SE"
    r"|Highway|Hwy|Parkway|Pkwy|Court|Ct)\b"
)
_NUMBERED = re.compile(r"^\(?\d{1,2}[.)]\s+(?=[A-Z])")
_AT_WORK = (
    r"^(?:(?:presently|currently|previously|am|was|have|has|been|i)\s+){0,3}"
    r"(?:working|worked|employed|associated|served|serving)\s+"
)
_TOLD = (
    re.compile(
        rf"{_AT_WORK}(?:with|at|in|for)\s+(?:m/s\.?\s*)?(?P<employer>\S.{{1,80}}?)\s+as\s+(?:an?\s+|the\s+)?"
        r"(?P<title>\S.{1,60})$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_AT_WORK}as\s+(?:an?\s+|the\s+)?(?P<title>\S.{{1,60}}?)\s+(?:with|at|in|for)\s+(?:m/s\.?\s*)?"
        r"(?P<employer>\S.{1,80})$",
        re.IGNORECASE,
    ),
)
# Words that are part of an organisation's name and of no title.
_SURE_HOUSE = re.compile(
    r"\b(?:Solutions|Technologies|Infotech|Softech|Infosystems|Hospital|Klinik(?:um|en)?|Krankenhaus"
    r"|University"
    r"|Universität|Hochschule|College|Academy|Foundation|Stiftung|Council|\w+zentrum|Szpital|Spital)\b"
)
_STATE_TAIL = re.compile(r"^(?:[A-Z][a-z.]+ ){1,2}([A-Z]{2})$")
_NAMED_KIND = re.compile(
    r"^.*?\b(?:University|College|Institute|Hospital|School|Inc\.?|LLC|Ltd\.?|Corp\.?)(?= )"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """Title, employer and place of a job; ``confident`` where the words themselves tell them apart."""

    title: str | None
    employer: str | None
    location: str | None
    title_first: bool = True
    confident: bool = False


def read_heading(parts: Sequence[str], *, title_first: bool = True) -> Heading:
    """Sort the pieces of a job's heading; ``title_first`` settles what the words leave open."""
    labelled: dict[str, str] = {}
    chunks: list[str] = []
    places: list[str] = []
    for part in (_NUMBERED.sub("", part) for part in parts):
        if (told := _told(part)) is not None:
            return told
        for chunk in _kept_whole(_chunks(part, labelled), part, parts):
            rest, place = _without_place(chunk)
            if place:
                places.append(place)
            if rest:
                chunks.append(rest)
    location = labelled.get("location") or (places[0] if places else None)
    title, employer = labelled.get("title"), labelled.get("employer")
    if employer and location is None:
        employer, location = _without_place(employer)
    if title or employer:
        free = [chunk for chunk in chunks if chunk not in {title, employer}]
        return Heading(
            title or _pick(free, title=True), employer or _pick(free, title=False), location, confident=True
        )
    return _sorted_out(chunks, location, title_first)


def _told(part: str) -> Heading | None:
    """A job that is told as a sentence: ``Worked with Example Ltd., Leeds as Clerk``."""
    for pattern in _TOLD:
        if (
            (match := pattern.match(part))
            and title_score(match["title"])
            and not title_score(match["employer"])
        ):
            employer, place = _without_place(match["employer"].strip(" ,|"))
            return Heading(match["title"].strip(" ,.|"), employer or None, place, confident=True)
    return None


def _kept_whole(chunks: list[str], part: str, parts: Sequence[str]) -> list[str]:
    """A title with an addition after a dash stays one where another part names the employer."""
    additions = chunks[1:]
    is_titled = bool(additions) and _lean(chunks[0]) > 0 and not re.search(r"[|\t:]", part)
    if not is_titled or any(employer_score(chunk) or is_place(chunk) for chunk in additions):
        return chunks
    return [part.strip()] if any(other is not part and _lean(other) < 0 for other in parts) else chunks


def _pick(chunks: Sequence[str], *, title: bool) -> str | None:
    return next((chunk for chunk in chunks if (_lean(chunk) > 0) == title), None)


def _lean(text: str) -> int:
    """Above 0 where ``text`` is rather a title, below 0 where it is rather an employer."""
    return title_score(text) - employer_score(text)


def _chunks(part: str, labelled: dict[str, str]) -> list[str]:
    matches = list(_LABELLED.finditer(part))
    free = part[: matches[0].start()] if matches else part
    ends = [match.start() for match in matches[1:]] + [len(part)]
    for match, end in zip(matches, ends[: len(matches)], strict=True):
        value = part[match.end() : end].strip(" ,|;-–")
        if value:
            labelled.setdefault(_KINDS[(match["label"] or match["europass"]).lower()], _NOTE.sub("", value))
    return [
        chunk
        for piece in _SPLIT.split(free)
        if (chunk := _NOTE.sub("", piece or "").strip(" ,;:.•|–—-") + _dot(piece))
    ]


def _dot(piece: str) -> str:
    """The full stop of an abbreviation at the end, which is part of the name."""
    return "." if re.search(r"\b(?:Inc|Ltd|Co|Corp|S\.A|S\.L|e\.\s?V)\.\s*$", piece) else ""


def _without_place(chunk: str) -> tuple[str, str | None]:
    pieces = chunk.split(",")
    if len(pieces) > 2 and is_place(",".join(pieces[-2:])) and not is_region(pieces[-2]):
        return _city_before(",".join(pieces[:-2]).strip(), ",".join(pieces[-2:]).strip())
    if is_place(chunk) or _ADDRESS.search(chunk):
        return "", chunk
    if (coded := _city_and_code(pieces)) is not None:
        return coded
    for size in range(min(3, len(pieces) - 1), 0, -1):
        tail = ",".join(pieces[-size:]).strip()
        if is_place(tail) or (size == 1 and is_region(tail) and not employer_score(tail)):
            return _city_before(",".join(pieces[:-size]).strip(), tail)
    if (bracket := re.search(r"\s*\(([^()]+)\)$", chunk)) and is_place(bracket[1]):
        return chunk[: bracket.start()], bracket[1]
    if (legal := _LEGAL_END.match(chunk)) and is_place(legal[2]):
        return legal[1], legal[2]
    last = pieces[-1].strip()
    state = _STATE_TAIL.match(last)
    if (
        len(pieces) > 1
        and state
        and state[1] in US_STATE_CODES
        and not (title_score(last) or employer_score(last))
    ):
        return ",".join(pieces[:-1]).strip(), last
    if len(pieces) > 1 and employer_score(",".join(pieces[:-1])) and _is_proper(last):
        return ",".join(pieces[:-1]).strip(), last
    return chunk, None


def _city_and_code(pieces: Sequence[str]) -> tuple[str, str] | None:
    """A known city and a code of two letters at the end: ``Head of Data Amsterdam, NL``."""
    if len(pieces) < 2 or not re.fullmatch(r" ?[A-Z]{2}", pieces[-1]):
        return None
    words = ",".join(pieces[:-1]).split()
    for size in (3, 2, 1):
        if len(words) > size and is_city(" ".join(words[-size:])):
            return " ".join(words[:-size]).rstrip(" ,"), f"{' '.join(words[-size:])},{pieces[-1]}"
    return None


def _is_proper(text: str) -> bool:
    """One or two capitalised words that are neither title nor employer: after an employer, a place."""
    words = text.split()
    return (
        0 < len(words) <= 2
        and all(word[0].isupper() and word.isalpha() for word in words)
        and not (title_score(text) or employer_score(text) or text.isupper())
    )


def _city_before(rest: str, tail: str) -> tuple[str, str]:
    """Move the city before a state or country into the place: ``Stripe San Francisco, CA``."""
    if is_city(tail.split(",")[0]) or not is_region(tail.split(",")[0]):
        return rest, tail
    words = rest.split()
    for size in (3, 2, 1):
        if len(words) >= size and is_city(" ".join(words[-size:])):
            return " ".join(words[:-size]).rstrip(" ,"), f"{' '.join(words[-size:])}, {tail}"
    before, comma, city = rest.rpartition(",")
    if comma and len(city.split()) <= 2 and not employer_score(city) and not title_score(city):
        return before.strip(), f"{city.strip()}, {tail}"
    if (legal := _LEGAL_END.match(rest)) and len(legal[2].split()) <= 3:
        return legal[1], f"{legal[2]}, {tail}"
    if tail in US_STATE_CODES and len(words) > 2:
        named = _NAMED_KIND.match(rest)
        size = len(rest[named.end() :].split()) if named else 1
        city = " ".join(words[-size:]) if 0 < size <= 2 else ""
        if city and city[0].isupper() and city.replace(" ", "").isalpha() and not title_score(city):
            return " ".join(words[:-size]), f"{city}, {tail}"
    return rest, tail


def _sorted_out(chunks: list[str], location: str | None, title_first: bool) -> Heading:
    if not chunks:
        return Heading(None, None, location)
    if len(chunks) == 1:
        return _from_one(chunks[0], location, title_first)
    leans = [_lean(chunk) for chunk in chunks]
    best_title = max(range(len(chunks)), key=lambda place: (leans[place], -place))
    if leans[best_title] > 0:
        others = [place for place in range(len(chunks)) if place != best_title]
        employer = min(others, key=lambda place: (leans[place], place))
        last = chunks[-1]
        head, comma, tail = chunks[employer].rpartition(", ")
        if location is None and comma and _is_proper(tail) and len(head.split()) > 1:
            chunks[employer], location = head, tail
        if (
            location is None
            and len(others) > 1
            and others[-1] not in {best_title, employer}
            and _is_proper(last)
        ):
            location = last
        return Heading(
            chunks[best_title],
            chunks[employer],
            location,
            best_title < employer,
            leans[best_title] > leans[employer],
        )
    employer = min(range(len(chunks)), key=lambda place: (leans[place], place))
    if leans[employer] < 0:
        title = 0 if employer != 0 else 1
        return Heading(chunks[title], chunks[employer], location, title < employer, True)
    first, second = (0, 1) if title_first else (1, 0)
    return Heading(chunks[first], chunks[second], location)


def _beside_a_company(pieces: Sequence[str], location: str | None) -> Heading | None:
    """What stands beside a company with its legal form is the title, whatever its words."""
    if len(pieces) != 2 or has_legal_form(pieces[0]) == has_legal_form(pieces[1]):
        return None
    employer_first = has_legal_form(pieces[0])
    title, employer = (pieces[1], pieces[0]) if employer_first else (pieces[0], pieces[1])
    if len(title.split()) > 5 or re.match(
        r"(?:dept|department|division|abteilung|team|unit|group)\b", title, re.I
    ):
        return None
    return Heading(title, employer, location, not employer_first, True)


def _run_on(chunk: str, location: str | None) -> Heading | None:
    """Title and company without anything between: ``Quantity Surveyor Example Construction plc``."""
    words = chunk.split()
    if (
        not (has_legal_form(chunk) or _SURE_HOUSE.search(chunk))
        or not 3 <= len(words) <= 10
        or title_score(words[-1])
    ):
        return None
    for cut in range(len(words) - 2, 0, -1):
        title, employer = " ".join(words[:cut]), " ".join(words[cut:])
        if title_score(employer):
            return None
        if title_score(words[cut - 1]) and not re.search(r"[,(]$", words[cut - 1]) and employer[0].isupper():
            return Heading(title, employer, location, True, True)
    return None


def _from_one(chunk: str, location: str | None, title_first: bool) -> Heading:
    pieces = re.split(r",\s+", chunk)
    best: tuple[int, Heading] = (0, Heading(None, None, None))
    for cut in range(1, len(pieces)):
        left, right = ", ".join(pieces[:cut]), ", ".join(pieces[cut:])
        if re.match(r"(?:Inc|Ltd|LLC|Limited|S\.?[AL]\.?|Corp)\b", right):
            continue
        for title, employer, order in ((left, right, True), (right, left, False)):
            score = (
                2 * min(_lean(title), 3) - 2 * min(_lean(employer), 3) + (1 if order == title_first else 0)
            )
            if title_score(title) and _lean(title) > _lean(employer) <= 0 and score > best[0]:
                best = (score, Heading(title, employer, location, order, True))
    if best[0]:
        return best[1]
    if (beside := _beside_a_company(pieces, location)) is not None:
        return beside
    if (run_on := _run_on(chunk, location)) is not None:
        return run_on
    if _lean(chunk) > 0 or (_lean(chunk) == 0 and title_score(chunk)):
        return Heading(chunk, None, location)
    if _lean(chunk) < 0 or not title_first:
        return Heading(None, chunk, location)
    return Heading(chunk, None, location)
