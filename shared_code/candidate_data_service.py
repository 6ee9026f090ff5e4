"""From a file to its published analysis: read ► ask ► verify. Keeping it is the intake's."""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from shared_code.accounting.token_tracker import MICRO_USD_PER_USD
from shared_code.accounting.usage import Usage, total_cost_micro_usd
from shared_code.assistants.prompt import fenced_cv
from shared_code.assistants.registry import EXTRACTOR, PII_IDENTIFIER, SKILLS_ANALYST, load_assistant
from shared_code.audited_call import AssistantAnswer, KeptAnswers
from shared_code.documents import DocumentLimits, DocumentText, Finding, Severity, text_document
from shared_code.documents.cv_likeness import Verdict, cv_likeness
from shared_code.documents.ocr import Recognition, RecognitionContext
from shared_code.documents.reader_process import DocumentReader, ThreadReader
from shared_code.errors import EngineError, NotACvError, NoTextError, UnsupportedDocumentError
from shared_code.openai_service import AsyncOpenAIService
from shared_code.privacy.entities import publish_pii
from shared_code.profile.completion import publish_profile
from shared_code.profile.outcome import Published
from shared_code.profile.skills import publish_skills
from shared_code.reliability.deadline import Clock, Deadline
from shared_code.storage import Blobs

if TYPE_CHECKING:
    from shared_code.documents.ocr import PictureReader

RESULTS_CONTAINER = "cv-results"
REJECTED_CONTAINER = "cv-rejected"
ALL_ASSISTANTS = (EXTRACTOR, PII_IDENTIFIER, SKILLS_ANALYST)


@dataclass(frozen=True, slots=True)
class Cv:
    """One CV on its way through: its content's SHA-256 and its text.

    Attributes:
        document_id: The content's SHA-256.
        document: The text.
        transcriptions: The calls of the model that it took to read the text.
        spent_seconds: What reading took of the time that its caller waits for the analysis.
    """

    document_id: str
    document: DocumentText
    transcriptions: tuple[AssistantAnswer, ...] = ()
    spent_seconds: float = 0.0


def document_id_of(content: bytes) -> str:
    """The id of a document: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def analysis_version() -> str:
    """Names the three assistants together: 12 hexadecimal digits that change when one of them does."""
    versions = "+".join(load_assistant(name).version for name in ALL_ASSISTANTS)
    return hashlib.sha256(versions.encode()).hexdigest()[:12]


def _today() -> date:
    return datetime.now(UTC).date()


class CandidateDataService:
    """Analyses CVs. One deadline covers a document, from its bytes to its analysis.

    Args:
        service: The assistants.
        limits: What a file may cost to read.
        reader: Reads the files; in a thread by default.
        picture_reader: Reads what stands in pictures alone; None refuses, or leaves out and says so.
        rejects_non_cvs: Whether a document that is no CV is an error, and not just a warning.
        today: The day up to which positions that go on are counted.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        service: AsyncOpenAIService,
        *,
        limits: DocumentLimits | None = None,
        reader: DocumentReader | None = None,
        picture_reader: PictureReader | None = None,
        rejects_non_cvs: bool = False,
        today: Callable[[], date] = _today,
        clock: Clock = time.monotonic,
    ) -> None:
        self._service = service
        self._limits = limits or DocumentLimits()
        self._reader = reader or ThreadReader()
        self._picture_reader = picture_reader
        self._rejects_non_cvs = rejects_non_cvs
        self._today = today
        self._clock = clock

    async def read(
        self,
        content: bytes,
        *,
        media_type: str | None = None,
        filename: str | None = None,
        kept: KeptAnswers | None = None,
    ) -> Cv:
        """Read a file's text, off the event loop; where it is in pictures, by recognition if that is on.

        Args:
            content: The whole file.
            media_type: See ``read_document``.
            filename: See ``read_document``.
            kept: Pages that an earlier try had transcribed, and where new ones are kept. Without it
                somebody waits for the answer, and reading takes its time from the analysis'; with it the
                work can go on where it ended, so that reading and analysis each have a deadline's time.

        Raises:
            DocumentError: Its subclass says why the file cannot become a profile; ``NotACvError`` where
                that is certain, and the service rejects such.
            OpenAIServiceError: The model was to recognise the text and could not be used.
            SettingsError: What recognition needs is not installed.
            StorageError: A page could not be looked up or kept.
        """
        started = self._clock()
        document_id = document_id_of(content)
        context = RecognitionContext(document_id, self._reading_deadline(is_awaited=kept is None), kept)
        try:
            document = await self._reader.read(
                content, media_type=media_type, filename=filename, limits=self._limits
            )
            recognition = Recognition(document)
            if document.unread_pages and self._picture_reader is not None:
                recognition = await self._picture_reader.complete(
                    content, document, context, limits=self._limits
                )
        except (NoTextError, UnsupportedDocumentError) as refusal:
            if self._picture_reader is None:
                raise
            recognition = await self._picture_reader.read(content, refusal, context, limits=self._limits)
        document = await asyncio.to_thread(self._looked_over, recognition.document)
        spent_seconds = 0.0 if kept is not None else self._clock() - started
        return Cv(document_id, document, recognition.calls, spent_seconds)

    def _reading_deadline(self, *, is_awaited: bool) -> Deadline:
        """By when a text is read, with one attempt's time left for the analysis where that shares it."""
        settings = self._service.settings
        seconds = settings.deadline_seconds
        if is_awaited:
            seconds -= min(settings.attempt_timeout_seconds, seconds / 2)
        return Deadline.after(seconds, self._clock)

    def read_text(self, text: str) -> Cv:
        """Take text as it is.

        Raises:
            NoTextError: There is nothing in it.
            NotACvError: It certainly is no CV, and the service rejects such.
        """
        return Cv(document_id_of(text.encode()), self._looked_over(text_document(text)))

    def _looked_over(self, document: DocumentText) -> DocumentText:
        """The document, with a finding where its text alone says that it is no CV."""
        if cv_likeness(document.text).verdict is not Verdict.NOT_A_CV:
            return document
        if self._rejects_non_cvs:
            raise _not_a_cv()
        finding = Finding(NotACvError.code, Severity.MAJOR, "The text is of another kind than a CV's.")
        return replace(document, findings=(*document.findings, finding))

    def _profile(self, answer: AssistantAnswer, cv: Cv) -> Published:
        """The profile; where the model and the text both doubt that it is one's, there is none.

        Raises:
            NotACvError: They do, and the service rejects such documents.
        """
        is_doubted = self._rejects_non_cvs and answer.value.get("isCv") is False
        if is_doubted and cv_likeness(cv.document.text).verdict is not Verdict.CV:
            raise _not_a_cv()
        return publish_profile(answer.value, cv.document, self._today())

    async def extract_profile(self, cv: Cv, *, correlation_id: str | None = None) -> dict[str, Any]:
        """The candidate profile, as an envelope with ``candidateProfile``."""
        [answer] = await self._ask(cv, (EXTRACTOR,), correlation_id)
        return self._envelope(cv, [answer], [self._profile(answer, cv)])

    async def identify_pii(self, cv: Cv, *, correlation_id: str | None = None) -> dict[str, Any]:
        """The personal data, as an envelope with ``pii_entities``."""
        [answer] = await self._ask(cv, (PII_IDENTIFIER,), correlation_id)
        return self._envelope(cv, [answer], [publish_pii(answer.value, cv.document)])

    async def analyse_skills(self, cv: Cv, *, correlation_id: str | None = None) -> dict[str, Any]:
        """The skills analysis, as an envelope with ``analysisMetrics`` and ``professionalProfile``.

        The metrics are computed from the profile, so the extractor is asked as well.
        """
        answers = await self._ask(cv, (EXTRACTOR, SKILLS_ANALYST), correlation_id)
        profile = self._profile(answers[0], cv)
        return self._envelope(cv, answers, [self._skills(answers[1], profile, cv)])

    async def analyse(
        self, cv: Cv, *, correlation_id: str | None = None, kept: KeptAnswers | None = None
    ) -> dict[str, Any]:
        """All three analyses in one envelope; the assistants are asked concurrently.

        Args:
            cv: What to analyse.
            correlation_id: Stands in the audit rows; a new one by default.
            kept: Answers of an earlier try, which are not asked for again; each new one is kept there as
                soon as it comes.

        Raises:
            OpenAIServiceError: The model could not be used; what it answered until then is kept.
            StorageError: An answer could not be looked up or kept.
        """
        answers = await self._ask(cv, ALL_ASSISTANTS, correlation_id, kept)
        profile = self._profile(answers[0], cv)
        pii = publish_pii(answers[1].value, cv.document, region=_country_of(profile))
        return self._envelope(cv, answers, [profile, pii, self._skills(answers[2], profile, cv)])

    async def _ask(
        self,
        cv: Cv,
        assistants: tuple[str, ...],
        correlation_id: str | None,
        kept: KeptAnswers | None = None,
    ) -> list[AssistantAnswer]:
        """Ask several assistants at once; where one fails, the others end too: they are paid for."""
        correlation_id = correlation_id or str(uuid.uuid4())
        prompt = fenced_cv(cv.document)
        seconds = self._service.settings.deadline_seconds - cv.spent_seconds
        deadline = Deadline.after(seconds, self._clock)

        async def answer_of(name: str) -> AssistantAnswer:
            if kept is not None:
                found = await kept.kept_answer(cv.document_id, name, load_assistant(name).version)
                if found is not None:
                    return found
            answer = await self._service.ask(
                name,
                prompt,
                document_id=cv.document_id,
                correlation_id=correlation_id,
                deadline=deadline,
            )
            if kept is not None:
                await kept.keep_answer(cv.document_id, name, answer.assistant_version, answer)
            return answer

        outcomes = await asyncio.gather(*map(answer_of, assistants), return_exceptions=True)
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


async def find_result(blobs: Blobs, document_id: str) -> dict[str, Any] | None:
    """The envelope that was kept for a document, or None."""
    return await blobs.get_json(RESULTS_CONTAINER, f"{document_id}.json")


def rejection(document_id: str, error: EngineError) -> dict[str, Any]:
    """The record of a file that cannot become a profile: why, for a person and for a program."""
    return {
        "documentId": document_id,
        "state": "rejected",
        "reason": {"code": error.code, "message": error.message},
    }


def _not_a_cv() -> NotACvError:
    return NotACvError("The document does not read like a CV: check that the right file was sent.")


def _country_of(profile: Published) -> str | None:
    location: Mapping[str, Any] | None = profile.result["candidateProfile"]["candidateLocation"]
    return location["countryCode"] if location else None


def _warnings(findings: Iterable[Finding], parts: list[Published]) -> list[dict[str, Any]]:
    said_by_the_parts = {warning.code for part in parts for warning in part.warnings}
    about_the_file: list[dict[str, Any]] = [
        {"code": finding.code, "severity": finding.severity.value, "message": finding.message}
        | ({"quote": finding.quote} if finding.quote else {})
        | ({"page": finding.page} if finding.page else {})
        for finding in findings
        if finding.code != NotACvError.code or finding.code not in said_by_the_parts
    ]
    return about_the_file + [warning for part in parts for warning in part.warnings_as_json()]


def _meta(cv: Cv, answers: list[AssistantAnswer]) -> dict[str, Any]:
    calls = [*cv.transcriptions, *answers]
    reading_ms = max((call.duration_ms for call in cv.transcriptions), default=0.0)
    return {
        "correlationId": answers[0].correlation_id,
        "model": ", ".join(sorted({call.details.model for call in calls if call.details.model})),
        "assistantVersion": "+".join(answer.assistant_version for answer in answers),
        "mediaType": cv.document.media_type,
        "pages": len(cv.document.pages),
        "characters": len(cv.document.text),
        "attempts": sum(call.details.attempts for call in calls),
        "usage": _usage(sum((call.details.usage for call in calls), Usage())),
        "estimatedCostUsd": _cost_usd(total_cost_micro_usd(call.details for call in calls)),
        "durationMs": round(reading_ms + max(answer.duration_ms for answer in answers)),
        "calls": [_call(call) for call in calls],
    }


def _call(answer: AssistantAnswer) -> dict[str, Any]:
    details = answer.details
    return {
        "assistant": answer.assistant,
        **({"page": answer.page} if answer.page else {}),
        "assistantVersion": answer.assistant_version,
        "deployment": details.deployment,
        "model": details.model,
        "attempts": details.attempts,
        "reasks": details.reasks,
        "fallbackUsed": details.fallback_used,
        "usage": _usage(details.usage),
        "estimatedCostUsd": _cost_usd(details.cost_micro_usd),
        "durationMs": round(answer.duration_ms),
    }


def _cost_usd(cost_micro_usd: int | None) -> float | None:
    return None if cost_micro_usd is None else cost_micro_usd / MICRO_USD_PER_USD


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "inputTokens": usage.input_tokens,
        "cachedInputTokens": usage.cached_input_tokens,
        "outputTokens": usage.output_tokens,
        "reasoningTokens": usage.reasoning_tokens,
    }
