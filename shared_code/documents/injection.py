"""Sentences in a CV that speak to a model instead of a person: found and reported, never removed."""

from __future__ import annotations

import re
from functools import cache

from shared_code.documents.cleaning import quote_of
from shared_code.documents.model import Finding, Severity

_CONTEXT_CHARACTERS = 60

_MODEL = r"(?:ai|a\.i\.|llms?|gpt(?:-\w+)?|chatgpt|(?:large\s+)?language\s+models?|chat\s?bots?)"
_PERSON = r"(?:candidate|applicant|cv|r[eé]sum[eé]|person)"
_BEFORE = r"(?:previous|prior|above|earlier|preceding|foregoing|former|original|other|your|system)"
_ORDERS = r"(?:instructions?|prompts?|rules?|directions?|guidelines?|commands?|orders?|messages?)"

# Orders to a model, each behind the lower-case stems without which it can't match: most CVs have none
# of them, and then no pattern is compiled or run. Each is a whole phrase: single words ("prompt",
# "instructions") stand in honest CVs.
_COMMANDS = (
    (
        (
            "ignore",
            "disregard",
            "forget",
            "override",
            "bypass",
            "discard",
        ),
        rf"\b(?:ignore|disregard|forget|override|bypass|discard)\b[\w\s,']{{0,30}}?\b{_BEFORE}\s+(?:\w+\s+)?{_ORDERS}",
    ),
    (
        (
            "ignore",
            "disregard",
            "forget",
        ),
        r"\b(?:ignore|disregard|forget)\s+(?:everything|all|anything)\s+(?:above|before|prior|you\b)",
    ),
    (
        ("ignorier",),
        r"\bignor(?:iere?n?|ier)\b.{0,40}?\b(?:vorherig|bisherig|obig|vorangegangen|früher)\w*\s+\w*(?:anweisung|instruktion|vorgabe|befehl|regel)",
    ),
    (
        (
            "ignore",
            "oublie",
            "compte",
        ),
        r"\b(?:ignore[rz]?|oublie[rz]?|ne\s+tene?z\s+pas\s+compte)\b.{0,40}?\b(?:instructions?|consignes?|directives?)\b.{0,15}?\b(?:pr[ée]c[ée]dent|ant[ée]rieur|ci-dessus)",
    ),
    (
        ("instruc",),
        r"\b(?:ignora|ignore|ignorar|ignorad|olvida|olvide|omite)\b.{0,40}?\binstruc\w+\b.{0,15}?\b(?:anterior|previa|precedente|de\s+arriba)",
    ),
    (
        ("istruzioni",),
        r"\b(?:ignora|ignorate|dimentica)\b.{0,40}?\bistruzioni\b.{0,15}?\b(?:precedent|anterior)",
    ),
    (
        ("instruções",),
        r"\b(?:ignore|ignora|desconsidere|esqueça)\b.{0,40}?\binstruções\b.{0,15}?\b(?:anterior|acima|prévia)",
    ),
    (
        (
            "negeer",
            "vergeet",
        ),
        r"\b(?:negeer|vergeet)\b.{0,40}?\b(?:vorige|eerdere|bovenstaande|voorgaande)\s+(?:instructie|opdracht)",
    ),
    (
        (
            "ignoruj",
            "pomiń",
        ),
        r"\b(?:zignoruj|ignoruj|pomiń)\b.{0,40}?\b(?:poprzedni|wcześniejsz|powyższ)\w*\s+(?:instrukcj|polece)",
    ),
    (
        (
            "игнорируй",
            "забудь",
        ),
        r"(?:игнорируй|проигнорируй|забудь).{0,40}?(?:предыдущ|прежн).{0,10}?(?:инструкц|указан)",
    ),
    (
        (
            "忽略",
            "无视",
            "無視",
        ),
        r"(?:忽略|无视|無視).{0,12}?(?:指令|指示|提示|说明)|(?:以前|上記|これまで|前).{0,6}?(?:指示|命令).{0,6}?無視",
    ),
    (
        (
            "you are",
            "act as",
            "pretend",
        ),
        rf"\b(?:you\s+are|act\s+as|pretend\s+to\s+be)\s+(?:now\s+)?(?:an?\s+|the\s+)?(?:\w+\s+)?{_MODEL}\b",
    ),
    (("if you",), rf"\bif\s+you(?:'re|\s+are)\s+(?:an?\s+|the\s+)?{_MODEL}\b"),
    (
        (
            "note",
            "message",
            "attention",
            "instruction",
            "notice",
            "dear",
        ),
        rf"\b(?:note|message|attention|instructions?|notice|dear)\s*(?::|to|for)?\s+(?:the\s+|all\s+|any\s+)?{_MODEL}\b\s*[:,!\n]",
    ),
    (
        tuple(
            f"{verb} {which} "
            for verb in ("rate", "score", "rank", "mark", "classify", "grade", "evaluate")
            for which in ("this", "the", "my")
        ),
        rf"(?:^|[.!?:;\n]\s*|\bplease\s+|\band\s+|\bmust\s+)(?:rate|score|rank|mark|classify|grade|evaluate)\s+(?:this|the|my)\s+{_PERSON}\s+(?:as|with|at|above|first|highest|very|highly|\d|a\b)",
    ),
    (
        (
            "must",
            "should",
            "always",
        ),
        rf"\b(?:must|should|always)\s+(?:be\s+)?(?:recommend|hire|shortlist|select|approve)(?:ed|d)?\s+(?:this|the)\s+{_PERSON}\b",
    ),
    (("set ",), r"\bset\s+(?-i:[a-z]{2,20}(?:[A-Z][a-z]{1,20}){1,5})\s+to\b"),
    (
        (
            "not ",
            "don't",
            "never",
        ),
        rf"\b(?:do\s+not|don't|never)\s+(?:mention|reveal|disclose|repeat|follow)\s+(?:these|this|the|your|any)\s+(?:\w+\s+)?{_ORDERS}",
    ),
    (
        ("json",),
        r"\b(?:return|respond|reply|answer|output)\s+(?:only\s+)?(?:with\s+)?(?:the\s+following|exactly|this)\s+json\b",
    ),
)
# Marks by which chats and prompts are taken apart, and keys of our own answers.
_DELIMITERS = (
    (
        ("<|",),
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id)\|>",
    ),
    (
        (
            "inst]",
            "sys>>",
        ),
        r"\[/?INST\]|<</?SYS>>",
    ),
    (
        (
            "</",
            "system>",
            "assistant>",
            "prompt>",
            "instruction",
        ),
        r"</?\s*(?:system|assistant|instructions?|prompt|cv|resume|document|user_input|cv_text|candidate_cv)\s*>",
    ),
    (
        ("##",),
        r"^[ \t]{0,9}#{2,9}[ \t]{0,9}(?:system|assistant|instructions?|response|new\s+instructions?)\b",
    ),
    (
        ("end of",),
        r"[-=#*<>\[]{2,9}\s*end\s+of\s+(?:the\s+)?(?:cv|resume|document|user\s+input|input|text)\b",
    ),
    (
        (
            "system",
            "end ",
        ),
        r"[-=#*<>\[]{3,9}\s*(?:system|end\s+(?:cv|resume|document))\b",
    ),
    (("role",), r"[\"']role[\"']\s*:\s*[\"'](?:system|assistant|user|developer)[\"']"),
    (
        (
            "candidateprofile",
            "candidatename",
            "senioritylevel",
            "totalexperienceyears",
            "pii_entities",
            "analysismetrics",
        ),
        r"\"(?:candidateProfile|candidateName|seniorityLevel|totalExperienceYears|pii_entities|analysisMetrics)\"\s*:",
    ),
)
# Prompt engineers write this of themselves: worth a look, no more.
_MENTIONS = (
    (
        ("system prompt", "prompt injection", "jailbreak"),
        r"\b(?:system\s+prompts?|prompt\s+injections?|jailbreak)",
    ),
)

_SIGNS = (
    (_COMMANDS, Severity.MAJOR, "The text gives orders to a language model."),
    (_DELIMITERS, Severity.MAJOR, "The text imitates the marks of a prompt or of an answer."),
    (_MENTIONS, Severity.MINOR, "The text speaks of a model's instructions."),
)


def injection_findings(text: str) -> list[tuple[int, Finding]]:
    """The first sign of each kind with its offset; the text itself stays as it is.

    A mention alone is minor: prompt engineers have CVs too.
    """
    found: list[tuple[int, Finding]] = []
    lowered = " ".join(text.lower().split())  # so that a stem of two words may stand on two lines
    for signs, severity, message in _SIGNS:
        matches = [
            match
            for stems, pattern in signs
            if any(stem in lowered for stem in stems) and (match := _compiled(pattern).search(text))
        ]
        if not matches:
            continue
        first = min(matches, key=re.Match.start)
        start = max(0, first.start() - _CONTEXT_CHARACTERS // 3)
        quote = quote_of(text[start : first.end() + _CONTEXT_CHARACTERS])
        found.append((first.start(), Finding("promptInjection", severity, message, quote)))
    return found


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Bounded gaps: a run of a hundred thousand spaces must not cost its square.
    bounded = pattern.replace(r"\s+", r"\s{1,9}").replace(r"\s*", r"\s{0,9}")
    return re.compile(bounded, re.IGNORECASE | re.MULTILINE)
