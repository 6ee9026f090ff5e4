"""The canaries: what is planted in every input, and the troubles in which a provider quotes it."""

from __future__ import annotations

import json
from typing import Any

from local.azurite import ACCOUNT_KEY
from samples.renderer.render import TRUTH

API_KEY = "c0ffee00c0ffee11c0ffee22c0ffee33"
ENTRA_TOKEN = "eyJjYW5hcnkiOiJ0b2tlbiJ9.eyJhdWQiOiJ0b3VjYW4tY2FuYXJ5In0.dG91Y2FuLXNpZ25hdHVyZQ"
IDENTITY_HEADER = "toucan-identity-header"
FUNCTION_KEY = "toucan-function-key-0123456789"
SURNAME = "Quillhawk"
CV = f"""Zephyrine {SURNAME}
Site Manager
zephyrine.{SURNAME.lower()}@example.org
+44 7700 900417

I once taught marmosets to knit.

Experience
Site Manager, Fernwood Builders, 2019 - 2024
Led a team of 12.
"""
FILE_NAME = "plumbago-vitae.txt"
HEADER = "wisteria-header"
ANSWER = "the gooseberry parliament"
PROVIDER_WORD = "periwinkle"
QUOTE = f"{PROVIDER_WORD}: key {API_KEY}, token {ENTRA_TOKEN}, and you asked: {CV}"
SYSTEM_TEXT = "Answer as a bassoon would"
HOSTILE_IDS = (
    f"{SURNAME.lower()}@example.org",
    f"{SURNAME} of Fernwood",
    '"}{"level":"hoopoe',
    "hoopoe" * 20,
    "sk-hoopoe0123456789abcdef",
    "447700900417",
)
CANARIES = (
    *("Zephyrine", SURNAME, "7700 900417", "7700900417", "marmosets", "Fernwood", "plumbago", "wisteria"),
    *("gooseberry", PROVIDER_WORD, "bassoon", "hoopoe", "toucan", API_KEY, ENTRA_TOKEN, ACCOUNT_KEY),
    *("eyJjYW5hcnki", "dG91Y2Fu", "only what the CV says"),  # the last is of the assistants' instructions
)

SAMPLES = ("margaret_okonkwo_two_pages.pdf", "samuel_mensah_references.pdf", "invoice_joinery.pdf")
TRUTH_OF_FILES: dict[str, dict[str, Any]] = json.loads(TRUTH.read_text("utf-8"))["files"]
SAMPLES_WORDS = {
    entry["value"]
    for name in SAMPLES
    for entry in TRUTH_OF_FILES[name].get("pii", ())
    if len(entry["value"]) > 4
} | {TRUTH_OF_FILES[name]["candidateEmail"] for name in SAMPLES if TRUTH_OF_FILES[name].get("candidateEmail")}

QUOTING_BODY = {"error": {"code": QUOTE, "message": QUOTE, "param": QUOTE, "type": QUOTE}}
QUOTING_HEADERS = {
    "x-request-id": PROVIDER_WORD,
    "x-ms-region": PROVIDER_WORD,
    "x-should-retry": PROVIDER_WORD,
}


def _completion(content: str, finish_reason: str = "stop") -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {
        "id": PROVIDER_WORD,
        "object": "chat.completion",
        "model": QUOTE,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": QUOTE}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def _status(status: int, body: Any = QUOTING_BODY, **headers: str) -> dict[str, Any]:
    return {
        "kind": "status",
        "status": status,
        "body": body,
        "headers": QUOTING_HEADERS | headers,
        "count": 4,
    }


TROUBLES: dict[str, dict[str, Any]] = {
    **{str(status): _status(status) for status in (400, 401, 403, 408, 409, 422, 500, 503)},
    "429": _status(429, **{"retry-after-ms": "20"}),
    "plain-text": _status(500, QUOTE),
    "too-long": _status(
        400, {"error": {"code": "context_length_exceeded", "message": QUOTE, "param": QUOTE}}
    ),
    "filtered": _status(400, {"error": {"code": "content_filter", "message": QUOTE, "innererror": QUOTE}}),
    "no-completion": _status(200, {"choices": QUOTE}),
    "a-list": _status(200, [QUOTE]),
    "no-json": _status(200, QUOTE),
    "wrong-answer": _status(200, _completion(json.dumps({"isCv": ANSWER}))),
    "prose": _status(200, _completion(ANSWER)),
    "cut-off": _status(200, _completion(ANSWER, "length")),
    "withheld": _status(200, _completion(ANSWER, "content_filter")),
    **{
        kind: {"kind": kind, "count": 4}
        for kind in (
            *(
                "malformed_json",
                "truncated_body",
                "close_before_headers",
                "close_mid_body",
                "schema_violation",
            ),
            *("refusal", "empty_content", "no_choices", "missing_usage", "content_filter_prompt"),
        )
    },
}
CALLER_HEADERS = {
    "user-agent": HEADER,
    "x-forwarded-for": HEADER,
    "cookie": f"session={HEADER}",
    "traceparent": HEADER,
    "tracestate": f"a={HEADER}",
    "referer": f"https://example.com/{HEADER}",
}


def found(text: str, words: Any = CANARIES) -> list[str]:
    """The words that stand in the text, in whatever case."""
    text = text.casefold()
    return [word for word in words if word.casefold() in text]
