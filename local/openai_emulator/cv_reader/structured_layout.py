"""The tree of a CV in JSON or YAML laid out as the lines of a plain CV, each character traceable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.headings import HEADINGS
from local.openai_emulator.cv_reader.structured import Block, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\-.\s]+")
_KINDS = {heading: kind for kind, headings in HEADINGS.items() for heading in headings}
_MORE_KINDS = {
    "jobs": "experience",
    "work experience details": "experience",
    "experience details": "experience",
    "professional experiences": "experience",
    "volunteer": "volunteering",
    "technical skills list": "skills",
    "key skills list": "skills",
}
_HEADINGS = {
    "experience": "Experience",
    "volunteering": "Volunteering",
    "education": "Education",
    "skills": "Skills",
    "languages": "Languages",
    "certifications": "Certifications",
    "summary": "Summary",
    "projects": "Projects",
    "publications": "Publications",
    "references": "References",
    "awards": "Awards",
    "interests": "Interests",
    "memberships": "Memberships",
}
_NOT_THE_CV = frozenset(
    {"design", "locale", "settings", "rendercv settings", "meta", "annotation", "$schema"}
)
_NAME = frozenset({"name", "full name", "candidate name", "applicant name", "fullname"})
_FIRST = frozenset({"first name", "given name", "given names", "firstname"})
_LAST = frozenset({"last name", "surname", "family name", "lastname"})
_TITLE = frozenset({"position", "job title", "title", "role", "designation", "occupation", "jobtitle"})
_HEADLINE = _TITLE | {"label", "headline", "current title", "current position", "profession", "tagline"}
_COMPANY = frozenset(
    {"company", "employer", "organization", "organisation", "company name", "employer name", "name", "client"}
)
_PLACE = frozenset({"location", "city", "place", "country", "region", "country code"})
_BEGIN = frozenset(
    {"start date", "start", "from", "date from", "begin", "start year", "startdate", "begin date"}
)
_END = frozenset({"end date", "end", "to", "date to", "until", "finish", "end year", "enddate"})
_DATES = frozenset({"date", "dates", "period", "duration", "years", "date range", "year", "timeframe"})
_DEGREE = frozenset({"degree", "study type", "qualification", "degree name", "title", "course"})
_SUBJECT = frozenset({"area", "field", "field of study", "major", "specialization", "subject"})
_SCHOOL = frozenset({"institution", "school", "university", "college", "institute", "name", "organization"})
_EMAIL = frozenset({"email", "email address", "e mail", "mail", "emailaddress"})
_PHONE = frozenset(
    {"phone", "phone number", "mobile", "telephone", "tel", "cell", "contact number", "phonenumber"}
)
_URL = frozenset({"url", "website", "homepage", "link"})
_UNTOLD = frozenset(
    {"level", "image", "picture", "photo", "id", "uuid", "latex", "$schema", "rating", "icon"}
)


class _Page:
    """Lines in the making; what is put between values stands where the value before it ends."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.origins: list[int] = []

    def put(self, literal: str) -> None:
        self.text.append(literal)
        self.origins.extend([self.origins[-1] if self.origins else 0] * len(literal))

    def value(self, scalar: Scalar) -> None:
        self.text.append(scalar.text)
        self.origins.extend(scalar.origins)

    def line(self, *pieces: Scalar | str) -> None:
        for piece in pieces:
            if isinstance(piece, str):
                self.put(piece)
            else:
                self.value(piece)
        self.put("\n")


def laid_out(tree: Block) -> tuple[str, tuple[int, ...]]:
    """The text of a plain CV with what ``tree`` says, and the origin of each of its characters."""
    page = _Page()
    name = _name(tree, 0)
    if name:
        pieces: list[Scalar | str] = [name[0]]
        for part in name[1:]:
            pieces += [" ", part]
        page.line(*pieces)
    _walk(tree, page, name)
    return "".join(page.text), tuple(page.origins)


def _words(key: str | None) -> str:
    return fold(" ".join(_CAMEL.split(key or ""))).strip()


def _kind(words: str) -> str | None:
    kind = _KINDS.get(words) or _MORE_KINDS.get(words)
    return kind if kind in _HEADINGS else None


def _first(block: Block, keys: Iterable[str]) -> Scalar | None:
    return next((value for key, value in block.scalars() if _words(key) in keys and value.text.strip()), None)


def _name(block: Block, depth: int) -> tuple[Scalar, ...]:
    """The person's name: the first outside jobs, schools and referees, the outermost first."""
    if whole := _first(block, _NAME):
        return (whole,)
    first, last = _first(block, _FIRST), _first(block, _LAST)
    if first and last:
        return first, last
    if depth < 3:
        for key, inner in block.blocks():
            words = _words(key)
            if _kind(words) is None and words not in _NOT_THE_CV and (found := _name(inner, depth + 1)):
                return found
    return ()


def _walk(block: Block, page: _Page, name: Sequence[Scalar]) -> None:
    """The person's details first, then the sections, as a CV has them."""
    later: list[tuple[str, str, Scalar | Block]] = []
    for key, item in block.items:
        words = _words(key)
        if words in _NOT_THE_CV or words in _UNTOLD or item in name:
            continue
        kind = _kind(words)
        if kind is not None or (isinstance(item, Block) and _holds_sections(item)):
            later.append((words, kind or "", item))
        elif isinstance(item, Scalar):
            _detail(words, item, page)
        elif words in _PLACE:
            _location(item, page)
        else:
            _walk(item, page, name)
    for _, kind, item in later:
        if isinstance(item, Block) and not kind:
            _walk(item, page, name)
            continue
        page.line("\n", _HEADINGS[kind])
        if isinstance(item, Block):
            _section(kind, item, page)
        else:
            page.line(item)
        page.put("\n")


def _holds_sections(block: Block) -> bool:
    return any(_kind(_words(key)) in {"experience", "education"} for key, _ in block.blocks())


def _location(block: Block, page: _Page) -> None:
    if (street := _first(block, {"address", "street"})) is not None:
        page.line("Address: ", street)
    parts = [_first(block, {word}) for word in ("city", "region", "country", "country code")]
    known = [part for part in parts if part is not None]
    if known:
        _join(page, "Location: ", known)


def _detail(words: str, value: Scalar, page: _Page) -> None:
    if words in _EMAIL:
        page.line("Email: ", value)
    elif words in _PHONE:
        page.line("Phone: ", _without_scheme(value))
    elif words in _PLACE or words == "address":
        page.line("Address: " if words == "address" else "Location: ", value)
    elif words in _HEADLINE or words in _URL or not words or "\n" in value.text or len(value.text) > 200:
        page.line(value)
    else:
        page.line(words.capitalize(), ": ", value)


def _without_scheme(value: Scalar) -> Scalar:
    cut = 4 if value.text.lower().startswith("tel:") else 0
    return Scalar(value.text[cut:], value.origins[cut:])


def _join(page: _Page, label: str, values: Sequence[Scalar]) -> None:
    pieces: list[Scalar | str] = [label]
    for value in values:
        pieces += [value, ", "]
    page.line(*pieces[:-1])


def _section(kind: str, block: Block, page: _Page) -> None:
    if kind in {"experience", "volunteering", "projects"} or kind == "education":
        if any(_words(key) in _TITLE | _COMPANY | _DEGREE | _SCHOOL for key, _ in block.scalars() if key):
            _dated(kind, block, page)
            return
        for _, value in block.scalars():
            page.line(value)
        for _, entry in block.blocks():
            _dated(kind, entry, page)
        return
    for key, item in block.items:
        if isinstance(item, Scalar):
            _listed(kind, key, item, page)
        else:
            _entry(kind, item, page)


def _dated(kind: str, block: Block, page: _Page) -> None:
    if kind == "education":
        _study(block, page)
    else:
        _job(kind, block, page)


def _listed(kind: str, key: str | None, value: Scalar, page: _Page) -> None:
    if key and kind == "skills":
        page.line("• ", _words(key).capitalize(), ": ", value)
    elif key and kind == "languages":
        page.line("• ", key, " – ", value)
    else:
        page.line("• " if kind != "summary" else "", value)


def _entry(kind: str, block: Block, page: _Page) -> None:
    """One item of a list: its first value leads, what follows explains it."""
    values = [value for key, value in block.scalars() if _words(key) not in _UNTOLD | _URL]
    inner = [value for _, deeper in block.blocks() for _, value in deeper.scalars()]
    keyed = any(_words(key) in {"name", "label", "category", "group"} for key, _ in block.scalars())
    pieces: list[Scalar | str] = ["• "]
    if kind == "skills" and keyed and values and (inner or len(values) > 1):
        pieces += [values[0], ": "]
        values = values[1:]
    separator = " – " if kind == "languages" else ", "
    for value in [*values, *inner]:
        pieces += [value, separator]
    if len(pieces) > 1:
        page.line(*(pieces[:-1] if pieces[-1] == separator else pieces))


def _dates(block: Block) -> list[Scalar | str]:
    begin, end, dates = _first(block, _BEGIN), _first(block, _END), _first(block, _DATES)
    if begin is None:
        only = dates or end
        return [only] if only is not None else []
    return [begin, " – ", end or "present"]


def _place(block: Block) -> list[Scalar]:
    if (direct := _first(block, _PLACE)) is not None:
        return [direct]
    found = next((inner for key, inner in block.blocks() if _words(key) in _PLACE), None)
    return [value for _, value in found.scalars()][:2] if found else []


def _job(kind: str, block: Block, page: _Page) -> None:
    title, company = _first(block, _TITLE), _first(block, _COMPANY)
    if title is None and kind == "projects":
        title, company = company, None
    place, dates = _place(block), _dates(block)
    pieces: list[Scalar | str] = ["\n"]
    labels = ("" if kind == "projects" else "Position: ", "Company: ", "Location: ")
    for label, value in zip(labels, (title, company, place[0] if place else None), strict=True):
        pieces += [label, value, " | "] if value is not None else []
    page.line(*(pieces + dates if dates else pieces[:-1]))
    used = [title, company, *place, *dates]
    for key, value in block.scalars():
        if not any(value is other for other in used) and _words(key) not in _UNTOLD | _URL | _END:
            page.line("• ", value)
    for key, inner in block.blocks():
        if _words(key) not in _PLACE:
            _within_job(kind, key, inner, page)


def _within_job(kind: str, key: str | None, inner: Block, page: _Page) -> None:
    """What was done in a job, or the positions that were held one after the other."""
    if _kind(_words(key)) == "experience" or any(_first(deeper, _TITLE) for _, deeper in inner.blocks()):
        for _, deeper in inner.blocks():
            _job(kind, deeper, page)
        return
    for _, value in inner.scalars():
        page.line("• ", value)


def _study(block: Block, page: _Page) -> None:
    degree, subject, school = _first(block, _DEGREE), _first(block, _SUBJECT), _first(block, _SCHOOL)
    pieces: list[Scalar | str] = ["\n"]
    if degree is not None:
        pieces += [degree, " in " if subject else ", "]
    pieces += [subject, ", "] if subject is not None else []
    pieces += [school, ", "] if school is not None else []
    dates = _dates(block)
    page.line(*(pieces + dates if dates else pieces[:-1]))
