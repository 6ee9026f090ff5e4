"""Whose CV it is: labelled names, then the likeliest of the top lines, checked against the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.folding import fold
from local.openai_emulator.cv_reader.places import is_place
from local.openai_emulator.cv_reader.sections import heading_kind
from local.openai_emulator.cv_reader.skill_lexicon import KNOWN_SKILLS
from local.openai_emulator.cv_reader.titles import is_employer, is_title, title_score
from local.openai_emulator.cv_reader.vocabulary import (
    LANGUAGE_CODES,
    NAME_PARTICLES,
    NAME_TITLES,
    NOT_IN_NAMES,
    POST_NOMINALS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText, Line

_LABEL = re.compile(
    r"^\W*(?:(?:full|candidate|applicant)?['’]?s?\s?name|name in full|vor-?\s?und\s?(?:nach|zu)name"
    r"|name\s*,\s*vorname"
    r"|nombre(?:\s+y\s+apellidos?|\s+completo)?|nom(?:\s+et\s+prénom|\s+complet)?|personal information"
    r"|first name\(?s?\)?\s*/\s*surname\(?s?\)?"
    r"|surname\(?s?\)?\s*/\s*first name\(?s?\)?|氏\s*名|姓\s*名|名前)(?:\s*[:：|\t]\s*|\s{2,}"
    r"|\s+(?=[A-ZÀ-Þ\u3040-\u9fff]))(.+)$",
    re.IGNORECASE,
)
_SURNAME_LABEL = re.compile(
    r"^\W*(?:(?:nach)?name\s*[,/]\s*vorname|surname\s*,\s*(?:first|given) names?"
    r"|last name\s*,\s*first name)\s*:?\s*(\S.+)$",
    re.IGNORECASE,
)
_FIRST_LABEL = re.compile(
    r"^[\W\d]*(?:first|given|vor|fore)\s?-?name(?:s|\(s\))?\s*[:：]?\s*(.+)$|^\W*(?:vorname"
    r"|prénom)\s*[:：]?\s*(.+)$",
    re.IGNORECASE,
)
_LAST_LABEL = re.compile(
    r"^[\W\d]*(?:last|family|sur|nach)\s?-?name(?:s|\(s\))?\s*[:：]?\s*(.+)$|^\W*apellidos?\s*[:：]?\s*(.+)$",
    re.IGNORECASE,
)
_BARE_LABEL = re.compile(
    r"^\W*(?:full\s+)?(?:name|nombre(?: y apellidos)?|nom|氏\s*名|姓\s*名)\s*[:：]?\s*$", re.IGNORECASE
)
_HEADING_PREFIX = re.compile(
    r"^(?:curriculum\s+vit(?:ae|æ|e)|c\.?v\.?|r[ée]sum[ée]|lebenslauf|currículum(?:\s+vitae)?"
    r"|tabellarischer lebenslauf|bewerbung)"
    r"(?:\s+(?:of|von|de|für|for)\b)?[\s:–—|\-]*",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s[-–—|•·~/]+\s|\s*[|•·;:\t]\s*|,\s*|\s{2,}|\s\(|\s?[-–—]\s|(?<=[a-zß])\s+(?=\+?\(?\d)|\s+(?=\S+@)|\d"
)
_TOKEN = re.compile(r"^[^\W\d_]+(?:['’.\-][^\W\d_]+)*['’.\-]?\.?$")
_CJK = re.compile(r"^[\u3040-\u30ff\u4e00-\u9fff々〆ヶ]{1,6}[\s ]?[\u3040-\u30ff\u4e00-\u9fff々〆ヶ]{0,6}$")
_CJK_WORDS = re.compile(r"履歴書?$|職務|経歴|学歴|職歴|住所|電話|看護師|技師|会社|大学|简历|職種|工程师")
_SURNAME_FIRST = re.compile(
    r"^[^\W\d_][\w'’\-]+(?: [^\W\d_][\w'’\-]+)?, [^\W\d_][\w'’.\-]+(?: [^\W\d_][\w'’.\-]*)?$"
)
_GENERATIONS = frozenset({"Jr", "Sr", "II", "III", "IV"})
_DEGREE_NOTE = re.compile(r"^.{0,24}\((?:FH|TU|Univ\.?|Uni|BA|DH)\)\s*")
_LETTERSPACED = re.compile(r"^(?:[^\W\d_] ){2,}[^\W\d_](?: {2,}(?:[^\W\d_] )+[^\W\d_])+$")
_STREET_END = re.compile(
    r"(?:stra(?:ß|ss)e|str\.|gasse|allee)$|^(?:st|ave|rd|blvd|ln|hwy)\.?$", re.IGNORECASE
)
_WITHIN = ("skills", "summary", "experience", "education", "languages", "interests", "projects")
_NOT_ABOVE_A_TITLE = ("experience", "education", "projects")
# Titles that are as common as names; they count as names at the top of a CV.
_TITLES_THAT_ARE_NAMES_TEXT = (
    "dean baker cook judge porter ranger farmer carpenter butcher gardener painter tailor model steward"
    " master"
)
_TITLES_THAT_ARE_NAMES = frozenset(_TITLES_THAT_ARE_NAMES_TEXT.split())
_LOWER_NAME = re.compile(r"[^\W\d_]{2,20}(?: [^\W\d_]{2,20}){1,2}")
_TOP_LINES = 60
_MAX_LINE = 130


@dataclass(frozen=True, slots=True)
class Name:
    """The candidate's name as written, with the line that holds it."""

    text: str
    line: int
    start: int


@dataclass(frozen=True, slots=True)
class _Choice:
    score: float
    name: Name


def find_name(cv: CvText, sections: Sections, handles: Sequence[str]) -> Name | None:
    """The candidate's name; ``handles`` are the local parts and profile slugs that may spell it."""
    spelled = [_letters(handle) for handle in handles if handle]
    others = {line.index for line in sections.lines_of("references")}
    doubtful = {line.index for line in sections.lines_of("publications", "awards")}
    within = {line.index for line in sections.lines_of(*_WITHIN)}
    untitled = {line.index for line in sections.lines_of(*_NOT_ABOVE_A_TITLE)}
    titled = {
        line.index - 1
        for line in cv.lines
        if line.index - 1 not in untitled and not line.bullet and is_title(line.text)
    }
    lines = cv.lines[:_TOP_LINES] + cv.lines[max(_TOP_LINES, len(cv.lines) - 2) :]
    lines = tuple(line for line in lines if line.index not in others)
    labelled = _labelled([line for line in cv.lines[: _TOP_LINES + 20] if line.index not in others])
    if labelled is not None:
        return labelled
    choices = [
        choice
        for line in lines
        for choice in _choices(line, cv, spelled, titled=line.index in titled, unlikely=line.index in within)
        if line.index not in doubtful
        or line.index in titled
        or _handle_match(choice.name.text.split(), spelled) == 1
    ]
    choices += [
        choice
        for line in cv.lines[:_TOP_LINES]
        if (choice := _over_two_lines(line, cv.lines[line.index + 1 : line.index + 3], spelled))
        and (line.index not in others or line.text.isupper())
    ]
    best = max(choices, key=lambda choice: choice.score, default=None)
    return best.name if best and best.score >= 4 else None


def name_in(text: str) -> str | None:
    """The person named first in ``text``, such as a referee's line, or None."""
    for piece in _pieces(text):
        name = _clean_name(piece)
        return name if name and not is_title(name) and not is_employer(name) and not is_place(name) else None
    return None


def _labelled(lines: Sequence[Line]) -> Name | None:
    first = last = None
    for place, line in enumerate(lines):
        if (turned := _SURNAME_LABEL.match(line.text)) and _SURNAME_FIRST.match(turned[1].strip()):
            return Name(turned[1].strip(), line.index, line.start + turned.start(1))
        if (match := _LABEL.match(line.text)) and (name := _as_name(match[1], line, strict=False)):
            return name
        if _BARE_LABEL.match(line.text) and (name := _name_below(lines[place + 1 : place + 9])):
            return name
        first = first or _group(_FIRST_LABEL.match(line.text), line)
        last = last or _group(_LAST_LABEL.match(line.text), line)
    if first and last and _clean_name(f"{first.text} {last.text}"):
        return Name(f"{first.text} {last.text}", first.line, first.start)
    return None


def _name_below(lines: Sequence[Line]) -> Name | None:
    """The name under a label; tables read by columns put the other labels between."""
    for line in lines:
        if not line.text.endswith(":") and (name := _as_name(line.text, line, strict=True)):
            return None if is_title(name.text) or is_place(name.text) else name
        if len(line.text) > 60:
            break
    return None


def _group(match: re.Match[str] | None, line: Line) -> Name | None:
    text = (match[1] or match[2] or "").strip(" :") if match else ""
    if not text or not all(_TOKEN.match(word) for word in text.split()) or len(text.split()) > 3:
        return None
    return Name(text, line.index, line.start + line.text.find(text))


def _as_name(text: str, line: Line, *, strict: bool) -> Name | None:
    for piece in _pieces(text):
        name = piece if _CJK.match(piece) and not _CJK_WORDS.search(piece) else _clean_name(piece)
        if name and (not strict or len(name.split()) <= 5):
            return Name(name, line.index, line.start + max(line.text.find(name), 0))
        break
    return None


def _pieces(text: str) -> Iterator[str]:
    bare = _DEGREE_NOTE.sub("", _HEADING_PREFIX.sub("", text.strip(' "“”')).strip())
    if _LETTERSPACED.match(bare):
        bare = " ".join(word.replace(" ", "") for word in re.split(r" {2,}", bare))
    elif (
        re.search(r" {2,}", bare)
        and len(bare.split()) <= 4
        and (whole := _clean_name(" ".join(bare.split())))
    ):
        bare = whole
    for piece in [_CUT.split(bare)[0], *(_CUT.split(bare)[1:4])]:
        if piece.strip():
            yield piece.strip()


def _clean_name(piece: str) -> str | None:
    """``piece`` without words that no name holds at its ends, or None where no name is left."""
    words = piece.split()
    while words and (
        _is_foreign(words[-1]) or (fold(words[-1]).strip(".") in POST_NOMINALS and len(words) > 2)
    ):
        words.pop()
    while words and _is_foreign(words[0]) and not _is_name_title(words[0]):
        words.pop(0)
    if words and fold(words[0]).strip(".") in POST_NOMINALS and not _is_name_title(words[0]):
        return None
    bare = [word for word in words if not _is_name_title(word)]
    bare = bare[:-1] if bare and bare[-1].strip(".,") in _GENERATIONS else bare
    if bare and _STREET_END.search(bare[-1]):
        return None
    if not 2 <= len(bare) <= 6 or any(_is_foreign(word.strip('"“”„')) for word in bare):
        return None
    bare = [bare[0], *(word.strip('"“”„') for word in bare[1:-1]), bare[-1]]  # a nickname
    if not all(_TOKEN.match(word) for word in bare) or not _is_capitalised(bare):
        return None
    return " ".join(words).strip(" ,")


def _is_name_title(word: str) -> bool:
    """Whether ``word`` is a title before a name, such as ``Prof.`` or ``Dr.-Ing.``."""
    parts = [part for part in re.split(r"[.,\-]+", fold(word)) if part]
    return fold(word).strip(".,") in NAME_TITLES or (
        bool(parts) and all(part in NAME_TITLES for part in parts)
    )


def _is_foreign(word: str) -> bool:
    return fold(word).strip(".,:") in _FOREIGN or not _TOKEN.match(word.strip(",()"))


_FOREIGN = frozenset(fold(word) for word in NOT_IN_NAMES)


def _is_capitalised(words: Sequence[str]) -> bool:
    full = [word for word in words if fold(word).strip(".'’") not in NAME_PARTICLES]
    longest = max((len(word.strip(".")) for word in full), default=0)
    return len(full) >= 1 and longest >= 2 and all(word[0].isupper() for word in full)


def _choices(
    line: Line, cv: CvText, spelled: Sequence[str], *, titled: bool, unlikely: bool
) -> Iterator[_Choice]:
    if len(line.text) > _MAX_LINE and line.index > 3:
        return
    if is_cjk := _cjk_name(line):
        yield _Choice(8 - line.index, is_cjk)
        return
    if line.index == 0 and titled and _is_lower_name(line.text):
        yield _Choice(7.0, Name(line.text, line.index, line.start))
    if line.index < 2 and (leading := _leading_name(line)):
        yield _Choice(
            _score(leading, leading, line, 0, spelled) + _repetition(leading, cv),
            Name(leading, line.index, line.start),
        )
    for order, piece in enumerate(_pieces(line.text)):
        name = _clean_name(piece) or _spelled_out(piece, spelled)
        if not name:
            continue
        score = _score(name, piece, line, order, spelled) + _repetition(name, cv)
        leads = titled and line.text == name
        score += 2 if leads else 0
        score -= 3 if unlikely and not leads and not _handle_match(name.split(), spelled) else 0
        yield _Choice(score, Name(name, line.index, line.start + max(line.text.find(name), 0)))
    if _SURNAME_FIRST.match(line.text) and not is_place(line.text) and line.index < 8:
        words = [word.strip(",") for word in line.text.split()]
        if _handle_match(words, spelled) == 1 and not any(_is_foreign(word) for word in words):
            yield _Choice(12.0 - line.index, Name(line.text, line.index, line.start))


def _over_two_lines(line: Line, following: Sequence[Line], spelled: Sequence[str]) -> _Choice | None:
    """First names above the surname, where a title follows, the text begins so, or the address spells it."""
    if not following or line.bullet or following[0].bullet:
        return None
    upper, lower = line.text, following[0].text
    words = [*upper.split(), *lower.split()]
    if len(words) > 4 or any(len(word) < 2 for word in words) or upper.isupper() != lower.isupper():
        return None
    if any(
        not part[0].isupper()
        or any(_is_foreign(word) or fold(word) in LANGUAGE_CODES for word in part.split())
        or fold(part) in KNOWN_SKILLS
        or heading_kind(part)
        or is_title(part)
        or is_employer(part)
        or is_place(part)
        for part in (upper, lower)
    ):
        return None
    name = _clean_name(f"{upper} {lower}")
    spells = _handle_match(re.split(r"[\s\-]+", name or ""), spelled)
    titled = len(following) > 1 and is_title(following[1].text)
    if not name or not (titled or spells == 1 or (line.index == 0 and len(words) == 2)):
        return None
    score = 9.0 - 1.1 * min(line.index, 7) + 7 * spells + (3 if titled else 0) - 2 * (len(words) - 2)
    return _Choice(score, Name(name, line.index, line.start))


def _is_lower_name(text: str) -> bool:
    """Whether ``text`` could be a name in a CV without capitals."""
    words = text.split()
    return (
        text.islower()
        and bool(_LOWER_NAME.fullmatch(text))
        and not is_title(text)
        and not any(_is_foreign(word) for word in words)
    )


def _leading_name(line: Line) -> str | None:
    """The name before a title, on a line that runs on: ``Jane Doe Business Analyst Leeds``."""
    words = line.text[:_MAX_LINE].split()
    for size in range(2, min(5, len(words))):
        if title_score(" ".join(words[size : size + 1])) or title_score(" ".join(words[size : size + 2])) > 2:
            name = _clean_name(" ".join(words[:size]))
            return name if name and len(name.split()) == size else None
    return None


def _cjk_name(line: Line) -> Name | None:
    if line.index < 3 and _CJK.match(line.text) and not _CJK_WORDS.search(line.text) and len(line.text) >= 2:
        return Name(line.text, line.index, line.start)
    return None


def _spelled_out(piece: str, spelled: Sequence[str]) -> str | None:
    """A name with a word that names rarely hold, or one word, where the address spells it."""
    words = piece.split()
    if not 2 <= len(words) <= 4 or not all(_TOKEN.match(word) for word in words):
        return None
    letters = [_letters(word) for word in words]
    if any(all(part in handle for part in (letters[0], letters[-1])) for handle in spelled):
        return piece
    return None


def _letters(text: str) -> str:
    text = fold(text).replace("ß", "ss")
    return re.sub(r"[^a-z]", "", text)


def _score(name: str, piece: str, line: Line, order: int, spelled: Sequence[str]) -> float:
    words = [word for word in re.split(r"[\s\-]+", name) if fold(word).strip(".") not in NAME_TITLES]
    score = 9.0 - 1.1 * min(line.index, 7) - 3 * order
    score += 7 * _handle_match(words, spelled)
    score += 1 if name == piece else 0
    score += 1 if line.text.strip() == name else 0
    score -= 4 if line.bullet and line.index > 2 else 0
    score -= 4 if len(line.text) > 60 and order == 0 and name != piece else 0
    rest = " ".join(
        word for word in name.split() if line.index > 2 or fold(word) not in _TITLES_THAT_ARE_NAMES
    )
    if is_title(rest) or is_employer(name) or heading_kind(name):
        score -= 8
    if is_place(line.text) or is_place(name):
        score -= 6
    if fold(name) in KNOWN_SKILLS:
        score -= 8
    if any(word.casefold() in LANGUAGE_CODES for word in words):
        score -= 5
    return score


def _handle_match(words: Sequence[str], spelled: Sequence[str]) -> float:
    """1 where an address spells first and last name, less where it spells one of them."""
    letters = [part for part in (_letters(word) for word in words) if part]
    if len(letters) < 2:
        return 0
    best = 0.0
    for handle in spelled:
        hits = [part for part in letters if len(part) > 2 and _spells(part, handle)]
        initial = letters[0][0] + letters[-1], letters[0] + letters[-1][0]
        if len(hits) >= 2 or any(handle.startswith(form) for form in initial):
            return 1
        best = max(best, 0.4 if hits else 0.0)
    return best


def _spells(part: str, handle: str) -> bool:
    umlauts = part.replace("o", "oe").replace("u", "ue").replace("a", "ae")
    return part in handle or umlauts in handle or (len(part) > 5 and part[:5] in handle)


def _repetition(name: str, cv: CvText) -> float:
    return 1.5 if cv.clean.count(name) > 1 else 0.0
