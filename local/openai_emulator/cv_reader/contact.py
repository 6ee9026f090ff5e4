"""Addresses, numbers and links: all of them with where they stand, and which are the candidate's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.openai_emulator.cv_reader.dates import find_periods
from local.openai_emulator.cv_reader.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.openai_emulator.cv_reader.sections import Sections
    from local.openai_emulator.cv_reader.source import CvText

_LOCAL = r"[A-Za-z0-9À-ÿ][A-Za-z0-9À-ÿ._%+'\-]{0,63}"
_DOMAIN = r"[A-Za-z0-9À-ÿ](?:[A-Za-z0-9À-ÿ\-]{0,62}\.)+[A-Za-z]{2,24}"
_EMAIL = re.compile(rf"(?<![\w.+\-@]){_LOCAL}@{_DOMAIN}(?![\w@])")
_WRAPPED_EMAIL = re.compile(rf"(?<![\w.+\-@])({_LOCAL})[ ]?@[ \n]{{1,3}}({_DOMAIN})(?![\w@])")
_BROKEN_LOCAL = re.compile(r"(?<![^\s:|•])([A-Za-z0-9][\w.+\-]{1,40}[.\-_+])\n[ ]{0,3}$")
_BROKEN_DOMAIN = re.compile(
    rf"(?<![\w.+\-@])({_LOCAL})@([A-Za-z0-9][A-Za-z0-9.\-]{{0,62}}[.\-])\n[ "
    rf"]{{0,3}}([A-Za-z0-9\-]{{2,40}}(?:\.[A-Za-z]{{2,24}}){{0,2}})(?![\w@])"
)
_OBFUSCATED = re.compile(
    r"(?<![\w.+\-@])([A-Za-z0-9][\w.+\-]{0,63})\s?(?:[\[({<]\s?(?:at|arroba|ät|@)\s?[\])}>]|\s(?:at"
    r"|AT)\s(?=\S+\s?[\[({]\s?d))\s?"
    r"([A-Za-z0-9\-]+(?:(?:\.|\s?[\[({]\s?(?:dot|punkt|punto|\.)\s?[\])}]\s?|\sdot\s)[A-Za-z0-9\-]+)+)",
)
_DOT = re.compile(r"\s?[\[({]\s?(?:dot|punkt|punto|\.)\s?[\])}]\s?|\sdot\s")
_NUMBER = re.compile(
    r"(?<![\w/@.\-])(?:(?:\+|00)[\s(]{0,2}\d|\(\+?\d|\d)(?:[ ]?[().\-–·/\u2010\u2011]{0,2}[ ]?\d){5,16}"
    r"(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w@])",
    re.IGNORECASE,
)
_PHONE_LABEL = re.compile(
    r"(?<![^\W\d_])(?:tel(?:e(?:phone|fon|fono))?|téléphone|teléfono|tél|phone|ph|mobil(?:e|telefon|funk)?"
    r"|móvil|cell(?:ular)?|handy"
    r"|contact(?:\s*(?:no|number|nr))?|call|voice|direct|portable|whatsapp|home|fon|mob|h|m|t|p|w|c|celular"
    r"|電話|携帯(?:電話)?(?:番号)?|电话|手机)"
    r"(?:\s*(?:no|number|nr|nummer|#))?\.?\s*\)?\s*[:.\-–•|]*\s*(?:tel:)?\s*(?:\([A-Za-z]\)\s*)?$",
    re.IGNORECASE,
)
_FAX_LABEL = re.compile(r"(?:tele)?fax\.?\s*(?:no\.?|number|nr\.?)?\s*[:.\-–]*\s*$", re.IGNORECASE)
_LESS_OWN = re.compile(
    r"(?:assistant|office|work|emergency|notfall|b[üu]ro|dienstlich|secretary)\W*$", re.IGNORECASE
)
_NOT_A_PHONE = re.compile(
    r"(?:\b(?:dni|nie|nif|ssn|iban|id|isbn|issn|doi|patent|no|nr|nº|n°|lic|license|licence|passport|pass"
    r"|passport no|visa|steuer\w*"
    r"|tax|account|konto|pan|aadhaar|reg|registration|zip|plz|pin|vat|ust\w*|invoice|order|arxiv|orcid|card"
    r"|number of|born|birth|dob"
    r"|geb\w*|salary|gehalt|salario|insurance|nhs|sozialversicherung\w*|grant|project|ticket"
    r"|case)\b[\w\s.]{0,14}[#:.\-/]*\s*|[€$£₹#]\s?)$",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"“”|•]+"
    r"|(?<![\w@/.\-])(?:[a-z]{2,3}\.)?(?:linkedin\.com/(?:in|pub|profile)/|github\.com/|gitlab\.com/"
    r"|xing\.com/profile/|orcid\.org/|behance\.net/"
    r"|dribbble\.com/|medium\.com/|stackoverflow\.com/users/|twitter\.com/|x\.com/@?)[^\s<>\"“”|•,;]+",
    re.IGNORECASE,
)
_BARE_DOMAIN = re.compile(
    r"(?<![\w@/.\-])(?:[A-Za-z0-9\-]{2,40}\.){1,2}(?:com|org|net|io|dev|me|de|es|fr|co|uk|eu|info|app|ai|ch"
    r"|at|tech|design)"
    r"(?:/[^\s|•,;]*)?(?![\w@])"
)
_KINDS = (
    ("linkedin", r"linkedin\.com/(?:in|pub|profile)/"),
    ("github", r"github\.(?:com/|io\b)"),
    ("xing", r"xing\.com/"),
    ("orcid", r"orcid\.org/"),
    (
        "other",
        r"(?:twitter|x|facebook|instagram|gitlab|stackoverflow|medium|youtube|indeed|goo|google"
        r"|plus\.google)\.\w+(?:/|$)|/@",
    ),
)
_PROFILE_PATH = re.compile(
    r"(?:linkedin\.com/(?:in|pub|profile)/|xing\.com/profile/|orcid\.org/|github\.com/[\w\-]+/?$"
    r"|gitlab\.com/[\w\-]+/?$)",
    re.IGNORECASE,
)
_TWO_NUMBERS = re.compile(r"([^/]*\d)\s?/\s?(?=[+0-9])")
_POSTCODE_BEFORE = re.compile(r"\d{4,5} (?=\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$)")
_NEAR = 400
_LOCAL_NUMBER = re.compile(r"\d{3}[-. ]\d{4}")
_OWN_KINDS = ("head", "contact", "summary")


@dataclass(frozen=True, slots=True)
class Found:
    """A detail in the text: ``value`` in its usual form, ``clean[start:end]`` as written."""

    value: str
    start: int
    end: int
    own: bool
    weight: int = 0


@dataclass(frozen=True, slots=True)
class ProfileLink:
    """A link to a page of the candidate's."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Every address and number, the candidate's own first choice, and links."""

    email: str | None
    phone: str | None
    emails: tuple[Found, ...]
    phones: tuple[Found, ...]
    links: tuple[ProfileLink, ...]


def read_contact(
    cv: CvText, sections: Sections, links: Sequence[tuple[str, str]], name: str | None
) -> Contact:
    """Everything a reader could reach the candidate by; ``links`` are (label, target)."""
    emails = find_emails(cv, sections)
    phones = find_phones(cv, sections)
    own_emails = [found for found in emails if found.own]
    own_phones = sorted((found for found in phones if found.own), key=lambda found: -found.weight)
    email = (
        max(own_emails, key=lambda found: found.weight + _names(found.value, name)).value
        if own_emails
        else None
    )
    email = email or _target(links, "mailto:")
    phone = cv.verbatim(own_phones[0].start, own_phones[0].end) if own_phones else _target(links, "tel:")
    return Contact(email, phone, tuple(emails), tuple(phones), tuple(_profile_links(cv, sections, links)))


def _names(address: str, name: str | None) -> int:
    """How many words of ``name`` the address spells."""
    local = fold(address.split("@")[0])
    return sum(3 for word in fold(name or "").split() if len(word) > 2 and word in local)


def _target(links: Sequence[tuple[str, str]], scheme: str) -> str | None:
    for _, target in links:
        if target.lower().startswith(scheme):
            value = target[len(scheme) :].split("?")[0].strip().replace("%20", " ").strip("/")
            if value:
                return value
    return None


def find_emails(cv: CvText, sections: Sections) -> list[Found]:
    """All e-mail addresses, written plainly, across a line break, or with ``[at]``."""
    written = [(match.group().rstrip("."), match) for match in _EMAIL.finditer(cv.clean)]
    written += [(f"{match[1]}@{_DOT.sub('.', match[2])}", match) for match in _OBFUSCATED.finditer(cv.clean)]
    if not written:
        written = [(f"{match[1]}@{match[2]}", match) for match in _WRAPPED_EMAIL.finditer(cv.clean)]
    written += [
        (f"{match[1]}@{match[2]}{match[3]}", match)
        for match in _BROKEN_DOMAIN.finditer(cv.clean)
        if match[2].endswith("-") or "." not in match[2][:-1]
    ]
    found = [_email(value, match, sections, cv) for value, match in written]
    return sorted(found, key=lambda item: item.start)


def _email(value: str, match: re.Match[str], sections: Sections, cv: CvText) -> Found:
    kind = sections.kind_at(match.start())
    before = cv.clean[max(0, match.start() - 30) : match.start()]
    weight = 3 if kind in _OWN_KINDS else 0
    weight += 2 if re.search(r"(?:e-?\s?mail|correo|mail)\W*$", before, re.IGNORECASE) else 0
    own = kind not in {"references", "publications"} and not _beside_referee(cv, match.start())
    value = value.removeprefix("mailto:")
    start = match.start() + (len("mailto:") if match.group().startswith("mailto:") else 0)
    if broken := _BROKEN_LOCAL.search(cv.clean, max(0, match.start() - 50), match.start()):
        value, start = broken[1] + value, broken.start(1)
    return Found(value, start, match.end(), own, weight)


_REFEREE = re.compile(
    r"\b(?:referee|reference|supervisor|references?:|reporting to|line manager|emergency contact"
    r"|betreuer\w*|referenz)\b",
    re.IGNORECASE,
)


def _beside_referee(cv: CvText, offset: int) -> bool:
    line = cv.line_at(offset)
    if line is None:
        return False
    at = offset - line.start
    return bool(_REFEREE.search(line.text[max(0, at - _NEAR) : at + _NEAR]))


def find_phones(cv: CvText, sections: Sections) -> list[Found]:
    """All telephone numbers, those with a label or a country code weighing more, fax least."""
    phones: list[Found] = []
    position = 0
    while match := _NUMBER.search(cv.clean, position):
        position = match.end()
        if (found := _phone(match, cv, sections)) is not None:
            phones.append(found)
            position = found.end if found.end > match.start() + 5 else position  # a second may follow a slash
    return phones


def _phone(match: re.Match[str], cv: CvText, sections: Sections) -> Found | None:
    written = match.group()
    opened, closed = written.count("("), written.count(")")
    if closed > opened and written.endswith(")"):
        written = written[:-1]
    if opened > closed:
        written = written[: written.rfind("(")].rstrip()
    if not written:
        return None
    if (first := _TWO_NUMBERS.match(written)) and len(re.sub(r"\D", "", first[1])) >= 9:
        written = first[1]
    begin = match.start()
    if postcode := _POSTCODE_BEFORE.match(written):
        begin, written = begin + postcode.end(), written[postcode.end() :]
    end = begin + len(written)
    line_start = max(cv.clean.rfind("\n", max(0, begin - _NEAR), begin) + 1, begin - _NEAR, 0)
    before = cv.clean[max(line_start, begin - 45) : begin]
    if not before.strip():
        before = cv.clean[max(0, line_start - 25) : line_start].rstrip("\n") + before
    labelled = bool(_PHONE_LABEL.search(before))
    kind = sections.kind_at(begin)
    alone = written == cv.clean[line_start:end].strip() and cv.clean[end : end + 1] in {"", "\n"}
    short = alone and bool(_LOCAL_NUMBER.fullmatch(written)) and kind in _OWN_KINDS
    if (
        not labelled
        and not short
        and not _FAX_LABEL.search(before)
        and not _looks_like_phone(written, before)
    ):
        return None
    if (
        not labelled
        and re.search(r"\D\d{5}$", written)
        and re.match(r" [A-ZÀ-Þ][a-z]", cv.clean[end : end + 3])
    ):
        return None  # a house number and a postcode before the city
    if not labelled and kind == "publications":
        return None
    weight = _phone_weight(written, before, labelled) + (3 if kind in _OWN_KINDS else 0)
    own = kind != "references" and not _beside_referee(cv, begin)
    return Found(written, begin, end, own, weight)


def _phone_weight(written: str, before: str, labelled: bool) -> int:
    weight = (4 if labelled else 0) + (2 if written.startswith("+") else 0)
    weight -= 10 if _FAX_LABEL.search(before) else 0
    return weight - (5 if _LESS_OWN.search(before) else 0)


def _looks_like_phone(written: str, before: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if not 7 <= len(digits) <= 15 or _NOT_A_PHONE.search(before) or _is_date(written):
        return False
    if written.startswith(("+", "00", "(")):
        return True
    groups = re.findall(r"\d+", written)
    if len(groups) == 1:
        return 9 <= len(digits) <= 11 and len(set(digits)) > 2
    return (
        8 <= len(digits) <= 13
        and max(map(len, groups)) <= 8
        and not (len(digits) == 9 and len(groups[0]) == 5)
    )


def _is_date(written: str) -> bool:
    if re.search(r"(?<!\d)\d\.\d(?!\d)", written) and not written.startswith(("+", "0")):
        return True  # versions, such as 2008/7.0/6.5
    if re.fullmatch(r"(?:(?:19|20)\d\d\W*){2,}", written):
        return True
    if re.search(r"(?<!\d)(?:19|20)\d\d\s?[-–/]\s?(?:19|20)?\d\d(?!\d)", written):
        return True
    periods = find_periods(written)
    return bool(periods) and any(period.stop - period.start >= len(written) - 3 for period in periods)


def link_kind(url: str) -> str:
    """Kind of the page that ``url`` leads to."""
    for kind, pattern in _KINDS:
        if re.search(pattern, url, re.IGNORECASE):
            return kind
    return "portfolio"


def _profile_links(cv: CvText, sections: Sections, links: Sequence[tuple[str, str]]) -> list[ProfileLink]:
    urls = [found.value for found in find_urls(cv, sections) if found.own]
    head = "\n".join(line.text for line in sections.lines_of("head", "contact"))
    for label, target in links:
        if not target.lower().startswith(("http://", "https://")):
            continue
        if _PROFILE_PATH.search(target) or (label.strip() and label.strip() in head):
            urls.append(target)
    chosen: dict[str, ProfileLink] = {}
    for url in urls:
        key = link_key(url)
        if key not in chosen or len(url) > len(chosen[key].url):
            chosen[key] = ProfileLink(link_kind(url), url)
    return list(chosen.values())


def link_key(url: str) -> str:
    """What two ways to write the same address have in common."""
    return re.sub(r"^(?:https?://)?(?:www\.|[a-z]{2}\.(?=linkedin))?", "", fold(url)).rstrip("/")


def find_urls(cv: CvText, sections: Sections) -> list[Found]:
    """Web addresses; ``own`` are profiles, and pages named in the head or among the contacts."""
    found: list[Found] = []
    for match in _URL.finditer(cv.clean):
        url = match.group().rstrip(".,;:)'\"]")
        kind = sections.kind_at(match.start())
        own = kind != "references" and (bool(_PROFILE_PATH.search(url)) or kind in {"head", "contact"})
        found.append(Found(url, match.start(), match.start() + len(url), own))
    for line in sections.lines_of("head", "contact"):
        for match in _BARE_DOMAIN.finditer(line.text):
            start = line.start + match.start()
            if not any(other.start <= start < other.end for other in found):
                found.append(Found(match.group(), start, start + len(match.group()), True))
    return sorted(found, key=lambda item: item.start)
