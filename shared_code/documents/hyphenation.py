"""Line-end hyphens: which belong to the word, and which only broke it.

PDFium joins the two lines and leaves U+FFFE where the hyphen stood. It does so for the keyboard's hyphen
alone, not for U+2010, which typesetters of web pages write.
"""

from __future__ import annotations

import re

HYPHEN_MARK = "\ufffe"

_TYPESET = re.compile(r"(?<=[^\W\d_])\u2010[ \t]{0,9}\n[ \t]{0,9}(?=[^\W\d_])")
_LONGEST = 80
_LINE_START = re.compile(r"^[ \t]{1,9}")
_ADJACENT_BEFORE = re.compile(r"\S*\Z")
_ADJACENT_AFTER = re.compile(r"\S{0,80}")
_WORD = re.compile(r"[^\W\d_]+")
_PAIR = re.compile(r"(?<![^\W\d_])[^\W\d_]++-[^\W\d_]++")
_LETTERS_BEFORE = re.compile(r"[^\W\d_]*\Z")
_LETTERS_AFTER = re.compile(r"[^\W\d_]*")
_ADDRESS = re.compile(r"@|//|www\.|\w/\w|\.\w")
# English compounds that CVs break at their own hyphen. Whole pairs, because halves mislead: "data-base",
# "market-ing", "knowl-edge" and "alter-native" are broken words.
_COMPOUND_WORDS = """
agent-less ai-powered award-winning back-end best-in bottom-up built-in case-by client-facing
client-side client-server cloud-first cloud-native cost-benefit cost-effective cost-efficient
cost-saving cross-border cross-browser cross-cultural cross-functional cross-platform cross-sell
cross-team customer-facing customer-first cutting-edge day-to decision-making deep-learning
detail-minded end-to end-user fast-growing fast-moving fault-tolerant first-class follow-up
follow-ups front-end full-cycle full-stack full-time go-live go-to hands-on hard-working
high-availability high-end high-growth high-impact high-level high-performance high-performing
high-priority high-profile high-quality high-speed high-traffic high-throughput high-value
high-volume in-depth in-house in-memory in-person in-store inter-company know-how large-scale
life-cycle long-running long-term low-code low-cost low-latency low-level machine-learning mid-level
mid-size mid-sized mission-critical multi-agent multi-channel multi-cloud multi-disciplinary
multi-language multi-million multi-tenant multi-threaded multi-year no-code non-profit non-technical
object-relational on-boarding on-call on-demand on-going on-premise on-premises on-prem on-site
on-time one-on open-source out-of part-time pay-per peer-review peer-reviewed point-of post-graduate
post-production pre-sales problem-solving production-grade production-ready real-life real-time
real-world result-driven rule-of sales-force server-side set-up short-term side-by small-scale
so-called stand-alone start-up start-ups state-of step-by test-first third-party time-consuming
time-sensitive time-series time-to top-down top-performing two-way up-sell up-to user-centered
user-facing user-friendly web-scale well-being well-known year-on year-over
"""
_COMPOUNDS = frozenset(_COMPOUND_WORDS.split())
_COMPOUND_HEADS = frozenset({"self", "quasi", "ex", "vice"})
_COMPOUND_TAILS = frozenset({"based", "centric", "driven", "focused", "oriented"})


def mend_line_end_hyphens(text: str) -> str:
    """Text with every mark, and every U+2010 at a line's end, replaced by a hyphen or nothing.

    A hyphen stays in addresses, between capitals or digits, and where the document writes the word
    with it elsewhere or it is a known compound; between two lower-case halves it goes otherwise.
    """
    text = _TYPESET.sub(HYPHEN_MARK, text)
    if HYPHEN_MARK not in text:
        return text
    rest = text.replace(HYPHEN_MARK, "\n").casefold()
    known = {*_WORD.findall(rest), *_PAIR.findall(rest)}

    before, *rest_parts = text.split(HYPHEN_MARK)
    parts = [before]
    for after in rest_parts:
        after = _LINE_START.sub("", after, count=1)
        left, right = _found(_ADJACENT_BEFORE, before[-_LONGEST:]), _found(_ADJACENT_AFTER, after)
        parts += ["-" if _belongs(left, right, known) else "", after]
        before = after
    return "".join(parts)


def _belongs(left: str, right: str, known: set[str]) -> bool:
    head = _found(_LETTERS_BEFORE, left)
    tail = _found(_LETTERS_AFTER, right)
    if not head or not tail or not head[-1].islower() or not tail[0].islower():
        return True
    if _ADDRESS.search(left) or _ADDRESS.search(right):
        return True
    head, tail = head.casefold(), tail.casefold()
    if f"{head}-{tail}" in known:
        return True
    if head + tail in known:
        return False
    if left.casefold().endswith(f"-{head}") and len(head) <= 3:  # "state-of-the-art", "up-to-date"
        return True
    return f"{head}-{tail}" in _COMPOUNDS or head in _COMPOUND_HEADS or tail in _COMPOUND_TAILS


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else ""
