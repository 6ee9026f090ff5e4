"""``python -m benchmarks.cold_start``: the time until a fresh process has the app, and until health answers.

Each figure is the median of fresh interpreters. The app's import is counted on top of ``azure.functions``,
which the worker has imported before it looks at the app.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.azurite import FREE_PORTS, running_azurite

ROOT = Path(__file__).parents[1]
RUNS = 7
BAR_MS = 500.0
# In a process of its own. Storage answers on loopback; the model is only named, for health does not ask it.
PROBE = """
import asyncio, json, sys, time
import azure.functions as func
start, start_cpu = time.perf_counter(), time.process_time()
import function_app
imported, imported_cpu = time.perf_counter(), time.process_time()

async def health():
    request = func.HttpRequest("GET", "http://localhost/api/health", body=b"")
    [handler] = [
        found.get_user_function()
        for found in function_app.app.get_functions()
        if found.get_function_name() == "get_health"
    ]
    answer = await handler(request)
    answered = time.perf_counter()
    from shared_code.engine import get_engine
    await get_engine().storage.aclose()
    return answer, answered

answer, answered = asyncio.run(health())
print(json.dumps({
    "import_ms": (imported - start) * 1000,
    "import_cpu_ms": (imported_cpu - start_cpu) * 1000,
    "health_ms": (answered - start) * 1000,
    "health_status": answer.status_code,
    "openai_loaded": "openai" in sys.modules,
}))
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One fresh interpreter. Times are milliseconds, counted after ``azure.functions`` was imported."""

    import_ms: float
    import_cpu_ms: float
    health_ms: float
    health_status: int
    openai_loaded: bool


def take_sample(environment: dict[str, str]) -> Sample:
    """Import the app and ask for its health in a fresh interpreter.

    Raises:
        subprocess.CalledProcessError: The app cannot be imported, or health did not answer.
    """
    run = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Sample(**json.loads(run.stdout))


def main() -> int:
    """Print the medians beside the bar; 1 where the bar is missed or openai was loaded."""
    with running_azurite(None, ports=FREE_PORTS) as azurite:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "AzureWebJobsStorage": azurite.connection_string,
            "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9",
            "AZURE_OPENAI_API_KEY": "not-asked",
        }
        take_sample(environment)  # leaves bytecode behind for the others, as an app in use has it
        samples = [take_sample(environment) for _ in range(RUNS)]
    import_ms = statistics.median(sample.import_ms for sample in samples)
    import_cpu_ms = statistics.median(sample.import_cpu_ms for sample in samples)
    health_ms = statistics.median(sample.health_ms for sample in samples)
    is_met = import_ms < BAR_MS
    statuses = sorted({sample.health_status for sample in samples})
    loaded = any(sample.openai_loaded for sample in samples)
    version = ".".join(str(part) for part in sys.version_info[:3])
    print(f"Cold start, Python {version}, median of {RUNS} fresh interpreters, on top of azure.functions")
    print(
        f"  import function_app     {import_ms:6.0f} ms (of processor time {import_cpu_ms:.0f})"
        f"   bar {BAR_MS:.0f} ms: {'met' if is_met else 'MISSED'}"
    )
    print(f"  health's first answer   {health_ms:6.0f} ms, status {', '.join(map(str, statuses))}")
    print(f"  openai imported by then {'YES' if loaded else 'no':>6}")
    return 0 if is_met and not loaded else 1


if __name__ == "__main__":
    sys.exit(main())
