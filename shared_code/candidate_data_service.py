"""From a file to its published analysis: read ► ask ► verify ► save."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.accounting.usage import Usage
from shared_code.assistant_call import AssistantAnswer
from shared_code.assistants.prompt import fenced_cv
from shared_code.assistants.registry import EXTRACTOR, PII_IDENTIFIER, SKILLS_ANALYST
from shared_code.documents import DocumentLimits, DocumentText, Finding, read_document, text_document
from shared_code.errors import DocumentError
from shared_code.openai_service import AsyncOpenAIService
from shared_code.privacy.entities import publish_pii
from shared_code.profile.completion import publish_profile
from shared_code.profile.outcome import Published
from shared_code.profile.skills import publish_skills
from shared_code.reliability.deadline import Deadline
from shared_code.storage import Blobs

RESULTS_CONTAINER = "cv-results"
REJECTED_CONTAINER = "cv-rejected"


@dataclass(frozen=True, slots=True)
class Cv:
    """One CV on its way through: its content's SHA-256 and its text."""

    document_id: str
    document: DocumentText


def document_id_of(content: bytes) -> str:
    """The id of a document: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()


class CandidateDataService:
    """Analyses CVs. One deadline covers all calls that one analysis makes.

    Args:
        service: The assistants.
        blobs: Where results and rejections are kept.
        limits: What a file may cost to read.
        today: The day up to which positions that go on are counted.
    """

    def __init__(
        self,
        service: AsyncOpenAIService,
        blobs: Blobs,
        *,
        limits: DocumentLimits | None = None,
        today: Callable[[], date] = _today,
    ) -> None:
        self._service = service
        self._blobs = blobs
        self._limits = limits or DocumentLimits()
        self._today = today

    async def read(self, content: bytes, *, media_type: str | None = None, filename: str | None = None) -> Cv:
        """Read a file's text, off the event loop.

        Raises:
            DocumentError: Its subclass says why the file cannot become a profile.
        """
        document = await asyncio.to_thread(
            read_document, content, media_type=media_type, filename=filename, limits=self._limits
        )
        return Cv(document_id_of(content), document)

    def read_text(self, text: str) -> Cv:
        """Take text as it is.

        Raises:
            NoTextError: There is nothing in it.
        """
        return Cv(document_id_of(text.encode()), text_document(text))

    async def extract_profile(self, cv: Cv, *, correlation_id: str | None = None) -> dict[str, Any]:
        """The candidate profile, as an envelope with ``candidateProfile``."""
        [answer] = await self._ask(cv, (EXTRACTOR,), correlation_id)
        return self._envelope(cv, [answer], [publish_profile(answer.value, cv.document, self._today())])

    async def identify_pii(self, cv: Cv, *, correlation_id: str | None = None) -> dict[str, Any]:
        """The personal data, as an envelope with ``pii_entities``."""
        [answer] = await self._ask(cv, (PII_IDENTIFIER,), correlation_id)
        return self._envelope(cv, [answer], [publish_pii(answer.value, cv.document)])

    async def analyse_skills(self, cv: Cv, *, correlation_id: str | None = None) -> dict[str, Any]:
        """The skills analysis, as an envelope with ``analysisMetrics`` and ``professionalProfile``.

        The metrics are computed from the profile, so the extractor is asked as well.
        """
        answers = await self._ask(cv, (EXTRACTOR, SKILLS_ANALYST), correlation_id)
        profile = publish_profile(answers[0].value, cv.document, self._today())
        return self._envelope(cv, answers, [self._skills(answers[1], profile, cv)])

    async def analyse(self, cv: Cv, *, correlation_id: str | None = None) -> dict[str, Any]:
        """All three analyses in one envelope; the assistants are asked concurrently."""
        answers = await self._ask(cv, (EXTRACTOR, PII_IDENTIFIER, SKILLS_ANALYST), correlation_id)
        profile = publish_profile(answers[0].value, cv.document, self._today())
        pii = publish_pii(answers[1].value, cv.document, region=_country_of(profile))
        return self._envelope(cv, answers, [profile, pii, self._skills(answers[2], profile, cv)])

    async def process(
        self, content: bytes, *, media_type: str | None = None, filename: str | None = None
    ) -> dict[str, Any]:
        """Analyse a file and keep the result, or the reason for which it was rejected.

        Returns:
            What was kept: the envelope, or the rejection (see ``rejection``).

        Raises:
            OpenAIServiceError: The model could not be used; nothing was kept, and a later try may work.
            StorageError: The result could not be kept.
        """
        try:
            cv = await self.read(content, media_type=media_type, filename=filename)
        except DocumentError as error:
            document_id = document_id_of(content)
            reason = rejection(document_id, error)
            await self._blobs.put_json(REJECTED_CONTAINER, f"{document_id}/reason.json", reason)
            return reason
        result = await self.analyse(cv)
        await self._blobs.put_json(RESULTS_CONTAINER, f"{cv.document_id}.json", result)
        return result

    async def find(self, document_id: str) -> dict[str, Any] | None:
        """What was kept for a document: its result, its rejection, or None."""
        return await find_kept(self._blobs, document_id)

    async def _ask(
        self, cv: Cv, assistants: tuple[str, ...], correlation_id: str | None
    ) -> list[AssistantAnswer]:
        """Ask several assistants at once; where one fails, the others end too: they are paid for."""
        correlation_id = correlation_id or str(uuid.uuid4())
        prompt = fenced_cv(cv.document)
        deadline = Deadline.after(self._service.settings.deadline_seconds)
        calls = (
            self._service.ask(
                name,
                prompt,
                document_id=cv.document_id,
                correlation_id=correlation_id,
                deadline=deadline,
            )
            for name in assistants
        )
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outcome for outcome in outcomes if isinstance(outcome, AssistantAnswer)]

    def _skills(self, answer: AssistantAnswer, profile: Published, cv: Cv) -> Published:
        return publish_skills(answer.value, profile.result["candidateProfile"], cv.document, self._today())

    def _envelope(self, cv: Cv, answers: list[AssistantAnswer], parts: list[Published]) -> dict[str, Any]:
        envelope: dict[str, Any] = {"documentId": cv.document_id}
        for part in parts:
            envelope.update(part.result)
        envelope["evidence"] = {
            pointer: place for part in parts for pointer, place in part.evidence_as_json().items()
        }
        envelope["unverified"] = [pointer for part in parts for pointer in part.unverified]
        envelope["warnings"] = _warnings(cv.document.findings, parts)
        envelope["meta"] = _meta(cv, answers)
        return envelope


async def find_kept(blobs: Blobs, document_id: str) -> dict[str, Any] | None:
    """What was kept for a document: its result, its rejection, or None."""
    result = await blobs.get_json(RESULTS_CONTAINER, f"{document_id}.json")
    return result or await blobs.get_json(REJECTED_CONTAINER, f"{document_id}/reason.json")


def rejection(document_id: str, error: DocumentError) -> dict[str, Any]:
    """The record of a file that cannot become a profile: why, for a person and for a program."""
    return {
        "documentId": document_id,
        "state": "rejected",
        "reason": {"code": error.code, "message": error.message},
    }


def _country_of(profile: Published) -> str | None:
    location: Mapping[str, Any] | None = profile.result["candidateProfile"]["candidateLocation"]
    return location["countryCode"] if location else None


def _warnings(findings: Iterable[Finding], parts: list[Published]) -> list[dict[str, Any]]:
    about_the_file: list[dict[str, Any]] = [
        {"code": finding.code, "severity": finding.severity.value, "message": finding.message}
        | ({"quote": finding.quote} if finding.quote else {})
        | ({"page": finding.page} if finding.page else {})
        for finding in findings
    ]
    return about_the_file + [warning for part in parts for warning in part.warnings_as_json()]


def _meta(cv: Cv, answers: list[AssistantAnswer]) -> dict[str, Any]:
    costs = [answer.details.cost_micro_usd for answer in answers]
    known = [cost for cost in costs if cost is not None]
    return {
        "correlationId": answers[0].correlation_id,
        "model": ", ".join(sorted({answer.details.model or "" for answer in answers})),
        "assistantVersion": "+".join(answer.assistant_version for answer in answers),
        "mediaType": cv.document.media_type,
        "pages": len(cv.document.pages),
        "characters": len(cv.document.text),
        "attempts": sum(answer.details.attempts for answer in answers),
        "usage": _usage(sum((answer.details.usage for answer in answers), Usage())),
        "estimatedCostUsd": sum(known) / MICRO_USD_PER_USD if len(known) == len(costs) else None,
        "durationMs": round(max(answer.duration_ms for answer in answers)),
        "calls": [_call(answer) for answer in answers],
    }


def _call(answer: AssistantAnswer) -> dict[str, Any]:
    details = answer.details
    return {
        "assistant": answer.assistant,
        "assistantVersion": answer.assistant_version,
        "deployment": details.deployment,
        "model": details.model,
        "attempts": details.attempts,
        "reasks": details.reasks,
        "fallbackUsed": details.fallback_used,
        "usage": _usage(details.usage),
        "estimatedCostUsd": None
        if details.cost_micro_usd is None
        else details.cost_micro_usd / MICRO_USD_PER_USD,
        "durationMs": round(answer.duration_ms),
    }


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "inputTokens": usage.input_tokens,
        "cachedInputTokens": usage.cached_input_tokens,
        "outputTokens": usage.output_tokens,
        "reasoningTokens": usage.reasoning_tokens,
    }
