"""What a real ingestion endpoint on loopback sees of a whole process, under this Python and under 3.13."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from shared_code.telemetry.app_insights import STATSBEAT_SWITCH
from tests.conformance.azure_worker.environment import HOW_TO_GET_IT, find_python313, worker_python
from tests.integration.exporting_process import ROLE, Run, run_program
from tests.integration.exporting_program import CANARY, TOKEN
from tests.integration.ingestion_sink import TRACK_PATH, IngestionSink, running_sink

SCOPE = "https://monitor.azure.com//.default"
AAD = "ClientId=11111111-2222-3333-4444-555555555555;Authorization=AAD"
# The promise is three for telemetry's farewell; the rest is a busy machine's.
LONGEST_FAREWELL_SECONDS = 6.0


@pytest.fixture(scope="module", params=["this-python", "python-3.13"])
def python(request: pytest.FixtureRequest) -> Path:
    """The interpreter of these tests, and the one that the app is deployed to."""
    if request.param == "this-python":
        return Path(sys.executable)
    python313 = find_python313()
    if python313 is None:
        pytest.skip(HOW_TO_GET_IT)
    return worker_python(python313)


@pytest.fixture(scope="module")
def run(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A process with a managed identity that ends right after its work."""
    with running_sink() as sink:
        settings = {"APPLICATIONINSIGHTS_AUTHENTICATION_STRING": AAD}
        yield run_program(python, sink, tmp_path_factory.mktemp("storage"), **settings)


def properties_of(item: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = item["properties"]
    return properties


class TestAWholeProcess:
    """What the endpoint sees of a process that works for a moment and ends."""

    def test_it_ran_under_the_python_that_was_meant(
        self, run: Run, python: Path, request: pytest.FixtureRequest
    ) -> None:
        """Else one proof would be told as two."""
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        assert run.report["python"] == (here if python == Path(sys.executable) else "3.13")

    def test_an_event_arrives_with_its_fields(self, run: Run) -> None:
        """One trace with the event as its message and the fields as custom dimensions."""
        event = run.sink.messages()["cv_processed"]
        assert event["severityLevel"] == 1
        assert {"document_id": "d-1", "pages": "3", "is_new": "true"}.items() <= properties_of(event).items()
        assert properties_of(event)["logger"] == "blueprints.intake"

    def test_a_plain_line_of_ours_arrives_with_its_extras(self, run: Run) -> None:
        """The constant part of the message, and what was given by name."""
        line = run.sink.messages()["A row could not be written"]
        assert properties_of(line)["assistant_id"] == "cv_skills_analyst"
        assert line["severityLevel"] == 3

    def test_an_exception_is_told_by_class_and_place(self, run: Run) -> None:
        """Enough to find it, and nothing of what it says."""
        error = properties_of(run.sink.messages()["An own line"])["error"]
        assert error.startswith("ValueError (tests/integration/exporting_program.py:")
        assert not run.sink.items("ExceptionData")

    def test_foreign_lines_are_named_and_not_quoted(self, run: Run) -> None:
        """The logger and the severity of a warning remain."""
        foreign = [item for item in run.sink.items("MessageData") if item["message"] == "foreign_log_line"]
        assert [(item["severityLevel"], properties_of(item)["logger"]) for item in foreign] == [
            (3, "pdfreader.page"),
            (2, "pdfreader.page"),
        ]

    def test_the_exporters_own_lines_stay(self, run: Run) -> None:
        """Else each report would cause the next one."""
        loggers = {properties_of(item)["logger"] for item in run.sink.items("MessageData")}
        assert loggers == {"blueprints.intake", "shared_code.ai_call_logger", "pdfreader.page"}

    def test_no_word_of_a_cv_leaves(self, run: Run) -> None:
        """It stood in a message, in arguments, in an exception, in a URL."""
        assert "cv_processed" in run.sink.everything
        assert CANARY not in run.sink.everything
        assert CANARY not in run.stored

    def test_a_model_call_is_a_dependency(self, run: Run) -> None:
        """By operation and model, with its duration, its outcome and what it used."""
        answered, failed = run.sink.items("RemoteDependencyData")
        assert answered["name"] == failed["name"] == "chat gpt-4.1-mini"
        assert answered["type"] == "GenAI | azure.ai.openai"
        assert answered["target"] == "model.openai.azure.com:443"
        assert (answered["success"], answered["resultCode"]) == (True, "ok")
        assert answered["duration"] == "0.00:00:01.500"
        assert (failed["success"], failed["resultCode"]) == (False, "attemptTimeout")
        told = properties_of(answered)
        assert told["gen_ai.operation.name"] == "chat"
        assert told["gen_ai.request.model"] == "gpt-4.1-mini"
        assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == ("1000", "100")
        assert told["cv_engine.attempts"] == "2"
        assert all(isinstance(value, str) for value in told.values())

    @pytest.mark.parametrize(
        ("name", "labels", "value", "count"),
        [
            ("openai_requests_total", {"outcome": "ok"}, 1, None),
            ("openai_requests_total", {"outcome": "attemptTimeout"}, 1, None),
            ("openai_tokens_total", {"type": "input"}, 1000, None),
            ("openai_request_duration_seconds", {"operation": "chat"}, 31.5, 2),
            ("gen_ai.client.operation.duration", {"error.type": "attemptTimeout"}, 30, 1),
            ("gen_ai.client.token.usage", {"gen_ai.token.type": "output"}, 100, 1),
        ],
        ids=lambda value: value if isinstance(value, str) else None,
    )
    def test_a_metric_arrives(
        self, run: Run, name: str, labels: dict[str, str], value: float, count: int | None
    ) -> None:
        """Counters as sums, histograms as sum and count, with their labels as properties."""
        [point] = [point for point in run.sink.points(name) if labels.items() <= properties_of(point).items()]
        assert (point["value"], point.get("count")) == (value, count)

    def test_what_did_not_move_is_not_sent(self, run: Run) -> None:
        """Every row costs."""
        assert not run.sink.points("openai_fallbacks_total")
        assert all(point["value"] for point in run.sink.points("openai_tokens_total"))

    def test_everything_is_signed(self, run: Run) -> None:
        """With a token for the monitor's scope, on the path that the protocol names."""
        assert {(request.path, request.authorization) for request in run.sink.requests} == {
            (TRACK_PATH, f"Bearer {TOKEN}|{SCOPE}")
        }

    def test_everything_tells_the_app_and_the_component(self, run: Run) -> None:
        """The application map groups by the role."""
        assert {
            (envelope["tags"]["ai.cloud.role"], envelope["iKey"]) for envelope in run.sink.envelopes()
        } == {(ROLE, run.sink.instrumentation_key)}

    def test_no_other_address_is_asked(self, run: Run) -> None:
        """Neither the exporter's maker nor the machine's metadata service."""
        assert run.report["addresses"] == ["127.0.0.1"]
        assert run.report["statsbeat_switch"] == "true"

    def test_nothing_is_left_behind(self, run: Run) -> None:
        """What arrived does not wait on disk, and nothing was put where nobody looks for it."""
        assert not run.stored
        assert run.left_in_temp == ()


def test_an_operator_may_want_the_exporters_own_reports(python: Path, tmp_path: Path) -> None:
    """The switch that somebody set stays, and the watch on addresses sees what it lets out."""
    with running_sink() as sink:
        switch = {STATSBEAT_SWITCH: "false"}
        run = run_program(python, sink, tmp_path, **switch)
    assert run.report["statsbeat_switch"] == "false"
    assert len(run.report["addresses"]) > 1
    assert len(run.left_in_temp) == 1, "the watch on the temporary folder saw none of the reports' own"


class TestADeadEndpoint:
    """It costs telemetry, and nothing else."""

    def test_a_silent_one_holds_up_neither_work_nor_farewell(self, python: Path, tmp_path: Path) -> None:
        """Calls return at once, and the process ends within seconds."""
        with running_sink() as sink:
            sink.is_silent = True
            run = run_program(python, sink, tmp_path)
        assert sink.requests
        assert run.report["worked_seconds"] < 1.0
        assert run.farewell_seconds < LONGEST_FAREWELL_SECONDS

    def test_an_absent_one_leaves_telemetry_on_disk(self, python: Path, tmp_path: Path) -> None:
        """To be sent by the next process, and as free of words as what is sent."""
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            absent = IngestionSink(reserved.getsockname()[1])
            run = run_program(python, absent, tmp_path)
        assert run.farewell_seconds < LONGEST_FAREWELL_SECONDS
        assert "cv_processed" in run.stored
        assert "gen_ai.client.token.usage" in run.stored
        assert CANARY not in run.stored
        assert run.left_in_temp == ()


def test_telemetry_waits_in_one_folder_of_its_own(tmp_path: Path) -> None:
    """Where nobody names a place it is in the temporary folder, and all three exporters share it."""
    with running_sink() as sink:
        run = run_program(Path(sys.executable), sink, tmp_path, STORAGE_FOLDER="")
    [folder] = run.left_in_temp
    assert folder.startswith("cv-engine-telemetry-")


@pytest.fixture(scope="module")
def otel_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The same program with the other exporter."""
    if find_spec("azure.monitor") is None or find_spec("azure.monitor.opentelemetry") is None:
        pytest.skip("NOT PROVEN: pip install -r requirements-otel.txt, and run this again")
    with running_sink() as sink:
        folder = tmp_path_factory.mktemp("storage")
        yield run_program(Path(sys.executable), sink, folder, TELEMETRY_EXPORTER="opentelemetry")


class TestOpenTelemetry:
    """The alternative by setting, where its distribution is installed."""

    def test_events_arrive_with_their_fields(self, otel_run: Run) -> None:
        """As they do through opencensus."""
        event = properties_of(otel_run.sink.messages()["cv_processed"])
        assert {"document_id": "d-1", "pages": "3", "is_new": "true"}.items() <= event.items()

    def test_model_calls_are_dependencies(self, otel_run: Run) -> None:
        """Under the same names."""
        answered, failed = otel_run.sink.items("RemoteDependencyData")
        assert answered["name"] == "chat gpt-4.1-mini"
        assert (answered["success"], failed["success"]) == (True, False)
        assert properties_of(failed)["cv_engine.attempts"] == "1"

    def test_metrics_arrive(self, otel_run: Run) -> None:
        """The conventions' and the registry's; a histogram of the latter as its sum and count."""
        values = {
            (name, frozenset(properties_of(point).items()) >= labels): point["value"]
            for name, labels in {
                "gen_ai.client.token.usage": {("gen_ai.token.type", "output")},
                "openai_requests_total": {("outcome", "ok")},
                "openai_request_duration_seconds_sum": {("operation", "chat")},
                "openai_request_duration_seconds_count": {("operation", "chat")},
            }.items()
            for point in otel_run.sink.points(name)
        }
        assert values["gen_ai.client.token.usage", True] == 100
        assert values["openai_requests_total", True] == 1
        assert values["openai_request_duration_seconds_sum", True] == 31.5
        assert values["openai_request_duration_seconds_count", True] == 2

    def test_no_word_of_a_cv_leaves_and_nobody_else_is_asked(self, otel_run: Run) -> None:
        """Nor does the SDK report on itself."""
        assert CANARY not in otel_run.sink.everything
        assert CANARY not in otel_run.stored
        assert otel_run.report["addresses"] == ["127.0.0.1"]
        assert not otel_run.sink.points("Item_Success_Count")
        assert {envelope["tags"]["ai.cloud.role"] for envelope in otel_run.sink.envelopes()} == {ROLE}
        assert otel_run.left_in_temp == ()

    @pytest.mark.usefixtures("otel_run")
    def test_everything_is_signed(self, tmp_path: Path) -> None:
        """The SDK shows its token to nobody but over TLS."""
        with running_sink(tmp_path) as sink:
            run_program(
                Path(sys.executable),
                sink,
                tmp_path / "storage",
                TELEMETRY_EXPORTER="opentelemetry",
                APPLICATIONINSIGHTS_AUTHENTICATION_STRING=AAD,
                REQUESTS_CA_BUNDLE=str(sink.certificate),
            )
        assert "cv_processed" in sink.messages()
        signatures = {request.authorization for request in sink.requests}
        assert signatures == {f"Bearer {TOKEN}|{SCOPE}"}

    @pytest.mark.usefixtures("otel_run")
    def test_a_silent_endpoint_does_not_hold_the_process(self, tmp_path: Path) -> None:
        """Its own farewell would last half a minute for each signal."""
        with running_sink() as sink:
            sink.is_silent = True
            silent = run_program(Path(sys.executable), sink, tmp_path, TELEMETRY_EXPORTER="opentelemetry")
        assert silent.report["worked_seconds"] < 1.0
        assert silent.farewell_seconds < LONGEST_FAREWELL_SECONDS
