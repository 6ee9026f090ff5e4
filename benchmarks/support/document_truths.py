"""What should be read out of a document: phrases of its truth, and how two texts are made comparable."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SAMPLES = Path(__file__).parents[2] / "samples"
ENDINGS = (".pdf", ".docx")
SHINGLE_WORDS = 6
_FULL_LINE = 0.8  # of the longest line
_HYPHENS = "\u00ad\u2010\u2011\ufffe\x02-"
_LINE_END_HYPHEN = re.compile(rf"(?<=\w)[{_HYPHENS}][ \t]*[\r\n]+[ \t]*(?=\w)")
_INNER_HYPHEN = re.compile(rf"(?<=\w)[{_HYPHENS}](?=\w)|[\u00ad\ufffe\x02\u200b\ufeff]")
_NOT_WORDS = re.compile(r"[\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_MARKDOWN = re.compile(r"\*\*|\[([^\]]*)\]\([^)]*\)")
_YAML_ITEM = re.compile(r"^\s*-\s+(?!\w[\w ]*:\s)(.+)$")
_YAML_VALUE = re.compile(r"^\s*(?:-\s+)?(name|email|institution|area|company|position|title|label):\s+(.+)$")
_FORM_VALUE = re.compile(r"^\s*(?:name|name_kana|cell_phone|email|address|address_zip|value):\s+(.+)$")
_PROFILE_VALUES = ("candidateName", "jobTitle", "headline", "candidateEmail", "candidatePhone")


@dataclass(frozen=True, slots=True)
class Truth:
    """A document and the phrases that a person reads in it."""

    path: Path
    phrases: tuple[str, ...]


def words(text: str) -> str:
    """Letters and digits as words: no case, ligature, sign, line end or hyphen is left to differ in."""
    text = _LINE_END_HYPHEN.sub("", unicodedata.normalize("NFKC", text))
    text = unicodedata.normalize("NFKC", _INNER_HYPHEN.sub("", text).casefold())
    return f" {_NOT_WORDS.sub(' ', text).strip()} "


def holds(text_words: str, phrase: str) -> bool:
    """Whether the words of ``phrase`` stand in a text's ``words``, one after another."""
    wanted = words(phrase)
    if _CJK.search(wanted):  # written without spaces, and spaced out in forms
        return wanted.replace(" ", "") in text_words.replace(" ", "")
    return wanted in text_words


def bare_target(target: str) -> str:
    """A link's target without scheme, www and closing slash."""
    return re.sub(r"^(?:https?://|mailto:|tel:)?(?:www\.)?", "", target.strip().casefold()).rstrip("/")


def shingles(text: str) -> set[str]:
    """Runs of six words in order within paragraphs; a line goes on in the next where it is nearly full."""
    found: set[str] = set()
    lines = text.splitlines()
    full = _FULL_LINE * max(map(len, lines), default=0)
    paragraph = ""
    for line in [*lines, ""]:
        paragraph += f"{line}\n"
        if len(line) < full:
            in_order = words(paragraph).split()
            starts = range(len(in_order) - SHINGLE_WORDS + 1)
            found.update(" ".join(in_order[start : start + SHINGLE_WORDS]) for start in starts)
            paragraph = ""
    return found


def truths(cvs: Path) -> Iterator[Truth]:
    """Every PDF and DOCX with a truth: the project's samples, and collections below ``cvs``."""
    expected = json.loads((SAMPLES / "renderer" / "expected.json").read_text("utf-8"))["files"]
    for name, truth in sorted(expected.items()):
        if truth["isCv"] and name.endswith(ENDINGS):
            yield Truth(SAMPLES / name, _unique([*_profile(truth), *truth["employers"]]))
    for path in sorted((cvs / "multilingual").glob("*.truth.json")):
        truth = json.loads(path.read_text("utf-8"))
        jobs = [job[key] for job in truth["employmentHistory"] for key in ("jobTitle", "employer")]
        studies = [study[key] for study in truth["educationHistory"] for key in ("degree", "institution")]
        for ending in ENDINGS:
            file = path.with_name(path.name.replace(".truth.json", ending))
            phrases = _unique([*_profile(truth), *jobs, *studies, *truth["certifications"]])
            yield Truth(file, phrases)
    for path in sorted((cvs / "rendercv").glob("*.pdf")):
        yield Truth(path, _unique(_yaml_phrases(path.with_suffix(".yaml"))))
    form = cvs / "yaml_cv_ja" / "data.yaml"
    if form.is_file():
        lines = form.read_text("utf-8").split("\nawards:")[0].splitlines()  # awards are the other form's
        found = [match[1] for line in lines if (match := _FORM_VALUE.match(line))]
        yield Truth(form.with_name("output.pdf"), _unique(found))


def _profile(truth: dict[str, Any]) -> list[str]:
    values = [truth[key] for key in _PROFILE_VALUES if truth.get(key)]
    kinds = {"profileUrl", "profile_url"}  # links are counted by themselves
    personal = [
        entry.get("value") or entry["v"]
        for entry in truth["pii"]
        if (entry.get("type") or entry.get("t")) not in kinds
    ]
    return [*values, *truth["keySkills"], *personal]


def _yaml_phrases(path: Path) -> Iterator[str]:
    """Running text and names of a CV written in YAML, without its Markdown; settings of its looks end it."""
    for line in path.read_text("utf-8").split("\ndesign:")[0].splitlines():
        match = _YAML_ITEM.match(line) or _YAML_VALUE.match(line)
        if match and not match[0].lstrip().startswith("#"):
            value = match[match.lastindex or 1].strip().strip("'\"").replace("''", "'")
            yield _MARKDOWN.sub(lambda found: found[1] or "", value).replace("*", "")


def _unique(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase for phrase in phrases if words(phrase).strip()))


def honest_files(cvs: Path, folders: Sequence[str]) -> list[Path]:
    """CVs without tricks: the samples and the named folders, scans left out."""
    found = [path for path in sorted(SAMPLES.glob("*")) if path.suffix in ENDINGS]
    for folder in folders:
        found += [path for path in sorted((cvs / folder).glob("*")) if path.suffix in ENDINGS]
    return [path for path in found if ".scan." not in path.name]
