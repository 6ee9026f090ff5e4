"""What is known of a CV that the reader is tried on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unseen:
    """A CV as its text was extracted, and the truth: None where it does not say."""

    key: str
    text: str
    name: str | None
    email: str | None
    phone: str | None
    title: str | None
    employer: str | None
    begins: str | None
    jobs: int
