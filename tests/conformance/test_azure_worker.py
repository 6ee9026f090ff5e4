"""The app under ``azure-functions-runtime``, the library that runs Python 3.13 apps in the cloud."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.stack import Backends, running_backends
from shared_code.accounting.cost_records import cost_records_of_day
from shared_code.assistants.published import envelope_validator
from shared_code.background_loop import BackgroundLoop
from shared_code.candidate_data_service import document_id_of
from shared_code.intake.job import Job
from shared_code.intake.job_store import JobStore
from shared_code.intake.states import JobState
from shared_code.storage import StorageAccount, StorageTarget
from tests.conformance.azure_worker.environment import HOW_TO_GET_IT, ROOT, find_python313, worker_python
from tests.conformance.azure_worker.host import (
    WorkerProcess,
    blob_data,
    http_answer,
    http_data,
    queue_data,
    running_worker,
    succeeded,
    timer_data,
)

SETTINGS = {
    "FUNCTIONS_WORKER_RUNTIME": "python",
    "OPENAI_MAX_ATTEMPTS": "1",
    "OPENAI_DEADLINE_SECONDS": "20",
    "OPENAI_BREAKER_FAILURE_THRESHOLD": "100",
}
# The app's settings are the test's own, whatever the shell holds.
SETTINGS_OF_THE_SHELL = ("AZURE_", "OPENAI_", "CV_", "AzureWebJobsStorage", "APPLICATIONINSIGHTS_", "PYTHON")

HTTP_FUNCTIONS = {
    "extract_profile": ("cv/extract", "POST", "FUNCTION"),
    "identify_pii": ("pii/identify", "POST", "FUNCTION"),
    "analyse_skills": ("skills/analyse", "POST", "FUNCTION"),
    "submit_cv": ("cv", "POST", "FUNCTION"),
    "list_cvs": ("cv", "GET", "FUNCTION"),
    "get_cv": ("cv/{documentId}", "GET", "FUNCTION"),
    "erase_cv": ("cv/{documentId}", "DELETE", "FUNCTION"),
    "get_health": ("health", "GET", "ANONYMOUS"),
    "get_health_detail": ("health/detail", "GET", "FUNCTION"),
    "get_metrics": ("metrics", "GET", "FUNCTION"),
    "get_usage": ("usage", "GET", "FUNCTION"),
}
OTHER_FUNCTIONS = {
    "on_cv_uploaded": {
        "type": "blobTrigger",
        "path": "cv-inbox/{name}",
        "connection": "AzureWebJobsStorage",
        "source": "LogsAndContainerScan",
    },
    "on_cv_job": {"type": "queueTrigger", "queueName": "cv-jobs", "connection": "AzureWebJobsStorage"},
    "on_cv_job_poisoned": {
        "type": "queueTrigger",
        "queueName": "cv-jobs-poison",
        "connection": "AzureWebJobsStorage",
    },
    "sweep_jobs": {"type": "timerTrigger", "schedule": "0 * * * * *"},
    "erase_expired": {"type": "timerTrigger", "schedule": "0 30 3 * * *"},
    "derive_costs": {"type": "timerTrigger", "schedule": "0 */5 * * * *"},
}

StartWorker = Callable[..., WorkerProcess]


def _cv(surname: str) -> str:
    return (
        f"Robin {surname}\nSite Manager\nrobin@example.com\n\nExperience\n"
        "Site Manager, Fernwood Builders, 2019 - 2024\nLed a team of 12.\n"
    )


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of the worker's environment."""
    python313 = find_python313()
    if python313 is None:
        pytest.skip(HOW_TO_GET_IT)
    return worker_python(python313)


@pytest.fixture(scope="module")
def backends(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backends]:
    """Storage and a model that answers, on loopback."""
    patch = pytest.MonkeyPatch()
    patch.delenv("AZURE_OPENAI_ENDPOINT", raising=False)
    loop = BackgroundLoop()
    context: Any = running_backends(tmp_path_factory.mktemp("backends"))
    running: Backends = loop.run(context.__aenter__())
    try:
        yield running
    finally:
        loop.run(context.__aexit__(None, None, None))
        loop.stop()
        patch.undo()


@pytest.fixture(scope="module")
def start_worker(
    python: Path, backends: Backends, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartWorker]:
    """Starts workers that have been told nothing yet."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(SETTINGS_OF_THE_SHELL)
    }
    with ExitStack() as workers:

        def start(folder: Path = ROOT, **settings: str) -> WorkerProcess:
            log = tmp_path_factory.mktemp("worker") / "worker.log"
            environment = {**inherited, **backends.environment(), **SETTINGS, **settings}
            return workers.enter_context(running_worker(python, log, environment, folder=folder))

        yield start


@pytest.fixture(scope="module")
def worker(start_worker: StartWorker) -> WorkerProcess:
    """One worker with the app's functions indexed, for the tests that do not care what it did before."""
    worker = start_worker()
    answer = worker.start_app()
    assert succeeded(answer), answer["result"]
    return worker


@pytest.fixture
def model_that_fails(backends: Backends) -> Iterator[None]:
    """Every request to the model ends with a 500."""
    url = f"{backends.emulator_url}/_emulator/faults"
    fault = json.dumps({"kind": "status", "status": 500, "count": 100}).encode()
    queue = urllib.request.Request(url, fault, {"content-type": "application/json"})
    urllib.request.urlopen(queue).close()
    yield
    urllib.request.urlopen(urllib.request.Request(url, method="DELETE")).close()


def test_the_worker_is_the_clouds_own(start_worker: StartWorker) -> None:
    """It starts the app, and says that it runs under Python 3.13."""
    answer = start_worker().start_app()
    assert succeeded(answer), answer["result"]
    about = answer["worker_metadata"]
    assert (about["runtime_name"], about["runtime_version"]) == ("python", "3.13")


def test_an_app_that_cannot_be_imported_is_a_failure(start_worker: StartWorker, tmp_path: Path) -> None:
    """Else the success of the others would mean little."""
    (tmp_path / "function_app.py").write_text("import nothing_of_this_name")
    answer = start_worker(tmp_path).start_app()
    assert answer["result"]["status"] == "Failure"
    assert "nothing_of_this_name" in answer["result"]["exception"]["message"]


class TestIndexing:
    """What the worker tells the host that the app consists of."""

    def test_no_function_is_lost_and_none_is_strange(self, worker: WorkerProcess) -> None:
        """A function that vanishes makes no error anywhere else."""
        assert set(worker.functions) == {*HTTP_FUNCTIONS, *OTHER_FUNCTIONS}

    @pytest.mark.parametrize("name", HTTP_FUNCTIONS)
    def test_a_route_is_bound_as_promised(self, worker: WorkerProcess, name: str) -> None:
        """Route, method and who may call it, and an answer that goes back over HTTP."""
        trigger, answer = (json.loads(raw) for raw in worker.functions[name]["raw_bindings"])
        found = (trigger["route"], *trigger["methods"], trigger["authLevel"])
        assert found == HTTP_FUNCTIONS[name]
        assert (trigger["type"], trigger["direction"]) == ("httpTrigger", "IN")
        assert (answer["type"], answer["direction"], answer["name"]) == ("http", "OUT", "$return")

    @pytest.mark.parametrize("name", OTHER_FUNCTIONS)
    def test_a_trigger_is_bound_as_promised(self, worker: WorkerProcess, name: str) -> None:
        """Where it listens, or when it runs."""
        [trigger] = (json.loads(raw) for raw in worker.functions[name]["raw_bindings"])
        assert OTHER_FUNCTIONS[name].items() <= trigger.items()
        assert trigger["direction"] == "IN"

    def test_the_inbox_listens_to_events_where_it_is_told_to(self, start_worker: StartWorker) -> None:
        """The only source that the deployed plan knows."""
        worker = start_worker(CV_INBOX_TRIGGER_SOURCE="EventGrid")
        assert succeeded(worker.start_app())
        [trigger] = (json.loads(raw) for raw in worker.functions["on_cv_uploaded"]["raw_bindings"])
        assert trigger["source"] == "EventGrid"

    @pytest.mark.parametrize("name", [*HTTP_FUNCTIONS, *OTHER_FUNCTIONS])
    def test_every_function_loads(self, worker: WorkerProcess, name: str) -> None:
        """The host loads each before it sends it anything."""
        found = worker.functions[name]
        answer = worker.ask("function_load_request", {"function_id": found["function_id"], "metadata": found})
        assert succeeded(answer), answer["result"]
        assert answer["function_id"] == found["function_id"]


class TestInvocations:
    """What comes back of the app's work."""

    def test_health_answers_before_openai_is_imported(self, start_worker: StartWorker) -> None:
        """The first request of a fresh worker, which must not wait for what it does not need."""
        worker = start_worker()
        worker.start_app()
        status, headers, health = http_answer(worker.invoke("get_health", "req", http_data("GET", "health")))
        assert (status, health["service_status"]) == (200, "healthy")
        assert headers["x-correlation-id"]
        assert worker.loaded("openai", "pypdfium2", "azure.functions") == ["azure.functions"]

    def test_health_says_where_something_is_wrong(self, start_worker: StartWorker) -> None:
        """Without a model's address no CV can be processed."""
        worker = start_worker(AZURE_OPENAI_ENDPOINT="")
        worker.start_app()
        status, _, health = http_answer(worker.invoke("get_health", "req", http_data("GET", "health")))
        assert (status, health["service_status"]) == (503, "unhealthy")

    def test_a_posted_text_becomes_a_profile(self, worker: WorkerProcess) -> None:
        """Through the worker's HTTP messages, the model's endpoint and back."""
        body = json.dumps({"text": _cv("Quill")}).encode()
        request = http_data("POST", "cv/extract", body, content_type="application/json")
        status, headers, result = http_answer(worker.invoke("extract_profile", "req", request))
        assert status == 200, result
        envelope_validator("candidateProfile").validate(result)
        assert result["candidateProfile"]["candidateName"] == "Robin Quill"
        assert headers["x-correlation-id"] == result["meta"]["correlationId"]

    def test_a_bad_request_is_a_problem_and_no_failure(self, worker: WorkerProcess) -> None:
        """The invocation succeeds; the answer tells the caller what to mend."""
        request = http_data("POST", "cv/extract", b"{", content_type="application/json")
        status, headers, problem = http_answer(worker.invoke("extract_profile", "req", request))
        assert (status, problem["code"]) == (400, "malformedRequest")
        assert headers["content-type"].startswith("application/problem+json")

    async def test_a_blob_becomes_a_job_and_the_job_a_result(
        self, worker: WorkerProcess, backends: Backends
    ) -> None:
        """The dropped file is registered at once; its message ends as a valid result in storage."""
        content = _cv("Rowan").encode()
        async with StorageAccount(StorageTarget(backends.connection_string)) as storage:
            job = await _registered(worker, storage, "robin.txt", content)
            answer = worker.invoke("on_cv_job", "message", *queue_data(json.dumps(job.message())))
            assert succeeded(answer), answer["result"]
            result = await storage.blobs.get_json("cv-results", f"{job.document_id}.json")
            done = await JobStore(storage.tables).get(job.document_id, job.job_id)
        envelope_validator().validate(result)
        assert result is not None
        assert result["candidateProfile"]["candidateName"] == "Robin Rowan"
        assert done is not None
        assert done.state is JobState.DONE

    async def test_the_timer_derives_what_the_calls_have_cost(
        self, worker: WorkerProcess, backends: Backends
    ) -> None:
        """One call, one run of the timer, and the day's records hold it."""
        body = json.dumps({"text": _cv("Heron")}).encode()
        request = http_data("POST", "skills/analyse", body, content_type="application/json")
        assert http_answer(worker.invoke("analyse_skills", "req", request))[0] == 200
        answer = worker.invoke("derive_costs", "timer", timer_data())
        assert succeeded(answer), answer["result"]
        async with StorageAccount(StorageTarget(backends.connection_string)) as storage:
            records = await cost_records_of_day(storage.tables, datetime.now(UTC).date())
        assert "cv_skills_analyst" in {record.assistant_id for record in records}

    @pytest.mark.usefixtures("model_that_fails")
    async def test_a_model_that_fails_puts_the_job_back(
        self, worker: WorkerProcess, backends: Backends
    ) -> None:
        """Waiting is no failure, so the host's count of tries is not used up; no log quotes the CV."""
        content = _cv("Featherstonehaugh").encode()
        async with StorageAccount(StorageTarget(backends.connection_string)) as storage:
            job = await _registered(worker, storage, "later.txt", content)
            answer = worker.invoke("on_cv_job", "message", *queue_data(json.dumps(job.message())))
            assert succeeded(answer), answer["result"]
            waiting = await JobStore(storage.tables).get(job.document_id, job.job_id)
            assert not await storage.blobs.exists("cv-results", f"{job.document_id}.json")
        assert waiting is not None
        assert (waiting.state, waiting.reason_code) == (JobState.WAITING, "modelServerError")
        assert "Featherstonehaugh" not in worker.log()

    def test_a_handlers_failure_is_the_invocations(self, worker: WorkerProcess) -> None:
        """The host must hear of it to try again; what it hears and what is logged quotes nothing."""
        answer = worker.invoke("on_cv_job", "message", *queue_data("Featherstonehaugh"))
        assert answer["result"]["status"] == "Failure"
        told = answer["result"]["exception"]
        assert "job_not_settled" in worker.log()
        for text in (told["message"], told["stack_trace"], worker.log()):
            assert "Featherstonehaugh" not in text


async def _registered(worker: WorkerProcess, storage: StorageAccount, name: str, content: bytes) -> Job:
    """Drop a file, tell the app, and give back the job that it made of it."""
    await storage.blobs.put_bytes("cv-inbox", name, content, "text/plain")
    data, metadata = blob_data(f"cv-inbox/{name}", content, "https://account.blob.example.net")
    answer = worker.invoke("on_cv_uploaded", "blob", data, metadata)
    assert succeeded(answer), answer["result"]
    [job] = await JobStore(storage.tables).jobs_of(document_id_of(content))
    assert job.state is JobState.QUEUED
    return job
