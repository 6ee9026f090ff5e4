"""Where the CV stands in a prompt: between fence lines whose random token a CV cannot know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

FENCE_LINE = re.compile(r"^<<(?P<kind>CV|LINKS|END) (?P<token>[0-9A-Fa-f]+)>>\s*$")
LINK_LINE = re.compile(r"^- (?P<label>.*) -> (?P<target>\S.*)$")


@dataclass(frozen=True, slots=True)
class FencedCv:
    """The text a reader gets, and the links (label, target) that the file held besides it.

    ``is_fenced`` is false where no fence was found, and the text is a whole message.
    """

    text: str
    links: tuple[tuple[str, str], ...] = ()
    is_fenced: bool = field(default=False, compare=False)


def find_cv(user_messages: Sequence[str]) -> FencedCv:
    """The CV of the latest message that fences one, else the whole last message.

    Earlier messages count because a re-ask follows the prompt without repeating the CV.
    """
    for message in reversed(user_messages):
        fenced = _outermost_fence(message)
        if fenced is not None:
            return fenced
    return FencedCv(user_messages[-1] if user_messages else "")


def _outermost_fence(message: str) -> FencedCv | None:
    lines = message.split("\n")
    marks = [(i, m["kind"], m["token"]) for i, line in enumerate(lines) if (m := FENCE_LINE.match(line))]
    ends = {token: i for i, kind, token in marks if kind == "END"}
    for start, kind, token in marks:
        if kind == "CV" and ends.get(token, -1) > start:
            end = ends[token]
            break
    else:
        return None
    links_at = [i for i, kind, other in marks if kind == "LINKS" and other == token and start < i < end]
    text_end = links_at[-1] if links_at else end
    return FencedCv(
        "\n".join(lines[start + 1 : text_end]), tuple(_links(lines[text_end + 1 : end])), is_fenced=True
    )


def _links(lines: Sequence[str]) -> list[tuple[str, str]]:
    found = (LINK_LINE.match(line.rstrip()) for line in lines)
    return [(match["label"], match["target"]) for match in found if match]
