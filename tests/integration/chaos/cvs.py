"""CVs of people who do not exist, as plain-text files, by seed; some repeated, some that nobody can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from random import Random

from local.openai_emulator.fence import find_cv
from shared_code.assistants.prompt import fenced_cv
from shared_code.candidate_data_service import document_id_of
from shared_code.documents import read_document

FIRST_NAMES = (
    "Ada",
    "Bram",
    "Chidi",
    "Daria",
    "Emre",
    "Freya",
    "Goran",
    "Hana",
    "Ines",
    "Jonas",
    "Kirsi",
    "Luca",
)
LAST_NAMES = (
    "Ashdown",
    "Birkeland",
    "Corvin",
    "Dunmore",
    "Eastlake",
    "Farrow",
    "Greenholt",
    "Hollis",
    "Ironside",
)
TOWNS = ("Leeds", "Bristol", "Cardiff", "Norwich", "Dundee", "Exeter", "Durham")
TRADES = {
    "Software Engineer": ("Python", "PostgreSQL", "Docker", "Kubernetes", "Terraform"),
    "Staff Nurse": ("Triage", "Wound care", "Infection control", "Patient advocacy", "Rota planning"),
    "Site Manager": ("Scheduling", "Safety audits", "AutoCAD", "Procurement", "Cost control"),
    "Data Analyst": ("SQL", "Tableau", "Forecasting", "Statistics", "Excel"),
}
EMPLOYERS = ("Fernwood Works", "Harbour Lane Group", "Northgate Labs", "Millbrook Partners", "Tideway Ltd")
# One in ten comes a second time, under another name.
SHARE_OF_DUPLICATES = 0.1
SHARE_OF_UNREADABLE = 0.03
FEWEST_UNREADABLE = 3


@dataclass(frozen=True)
class CvFile:
    """A file to hand in; ``name`` is where it is dropped in the inbox."""

    name: str
    content: bytes = field(repr=False)
    is_readable: bool = True

    @cached_property
    def document_id(self) -> str:
        """What the engine knows the content by."""
        return document_id_of(self.content)

    @cached_property
    def cv_sha256(self) -> str:
        """What the emulator's ledger knows the CV by: the digest of the text between the fences."""
        text = find_cv([fenced_cv(read_document(self.content, filename=self.name))]).text
        return sha256(text.encode()).hexdigest()


def cv_files(count: int, seed: int) -> list[CvFile]:
    """So many files in the order in which they are handed in; the same for the same seed."""
    randomness = Random(seed)
    duplicates = round(count * SHARE_OF_DUPLICATES)
    unreadable = max(FEWEST_UNREADABLE, round(count * SHARE_OF_UNREADABLE))
    distinct = [readable_cv(number, randomness) for number in range(count - duplicates - unreadable)]
    files = [
        *distinct,
        *(CvFile(f"again/copy-{n:04}.txt", cv.content) for n, cv in _drawn(distinct, duplicates, randomness)),
        *(_unreadable(number, randomness) for number in range(unreadable)),
    ]
    randomness.shuffle(files)
    return files


def readable_cv(number: int, randomness: Random) -> CvFile:
    """One person's CV; the number makes it unlike any other."""
    first, last = randomness.choice(FIRST_NAMES), randomness.choice(LAST_NAMES)
    trade = randomness.choice(tuple(TRADES))
    skills = randomness.sample(TRADES[trade], 4)
    town = randomness.choice(TOWNS)
    changed, began = randomness.randint(2017, 2021), randomness.randint(2009, 2014)
    former, present = randomness.sample(EMPLOYERS, 2)
    text = f"""{first} {last}
{trade}

Phone: +44 7700 900{number % 1000:03}
Email: {first}.{last}.{number}@example.com
{town}, United Kingdom

EXPERIENCE

{trade}
{present}, {town}
March {changed} - Present
- Led a team of {randomness.randint(3, 30)} through {randomness.randint(2, 9)} projects
- Brought the cost of project {number} down by {randomness.randint(3, 40)} per cent

Junior {trade}
{former}, {randomness.choice(TOWNS)}
May {began} - February {changed}
- Worked with {skills[0]} and {skills[1]} every day

EDUCATION

BSc, Example University, {began - 4} - {began}

SKILLS

{", ".join(skills)}
"""
    return CvFile(f"cv-{number:04}.txt", text.encode())


def _drawn(cvs: Sequence[CvFile], count: int, randomness: Random) -> list[tuple[int, CvFile]]:
    return list(enumerate(randomness.sample(cvs, count)))


def _unreadable(number: int, randomness: Random) -> CvFile:
    """Garbage of several kinds, each under a document's name."""
    salt = f"{number} {randomness.random()}".encode()
    kinds = (
        (".pdf", b"%PDF-1.7\n" + salt + b"\nstartxref\n0\n%%EOF"),
        (".docx", b"PK\x03\x04" + salt),
        (".txt", b"\x00\x01\x02\x03" * 64 + salt),
        (".pdf", b"MZ\x90\x00\x03" + bytes(64) + salt),
    )
    suffix, content = kinds[number % len(kinds)]
    return CvFile(f"broken-{number:03}{suffix}", content, is_readable=False)
