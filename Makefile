# Every target sets up what it needs; only Python 3.11 or newer, make and a C library are assumed.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --upgrade --python-version 3.11
ROOMS := att api web edge workflows tracking engine forms notifications directory db

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench soak traps clean lock migration

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

run: $(VENV)/.runtime ## Set up, fill in the demonstration, and serve on 127.0.0.1:8080
	$(RUN) -m att init
	$(RUN) -m att demo
	exec $(RUN) -m att serve

test: $(VENV)/.dev ## Run the tests on SQLite, on PostgreSQL and in a browser, where they are there
	$(RUN) -m tests.run

check: $(VENV)/.dev node_modules/.installed ## Check style, types, walls between rooms, migrations and diagrams
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(RUN) -m tests.run architecture
	$(RUN) -m att.assets lint
	$(RUN) -m tests.run editor

bench: $(VENV)/.dev ## Measure against the budgets (BENCH="--full" for the large sizes)
	$(RUN) -m benchmarks $(BENCH)

soak: $(VENV)/.dev ## Run the long tests: many rounds, many random cases
	$(RUN) -m tests.run soak

traps: $(VENV)/.dev ## Switch each guard off in turn: its tests must turn red (TRAPS="key …" for some)
	$(RUN) -m tests.traps $(TRAPS)

migration: $(VENV)/.dev ## Write a revision from the models: make migration m="what changes"
	@test -n "$(m)" || { echo 'Say what changes: make migration m="…"'; exit 2; }
	$(RUN) -m att schema revision "$(m)"

lock: $(VENV)/.dev ## Pin every dependency again, with hashes and without addresses
	$(LOCK) --output-file requirements/runtime.txt pyproject.toml
	$(LOCK) --extra production --output-file requirements/production.txt pyproject.toml
	$(LOCK) --extra production --extra distributed --output-file requirements/distributed.txt pyproject.toml
	$(LOCK) --all-extras --output-file requirements/dev.txt pyproject.toml
	$(RUN) -m att.assets lock

clean: ## Remove everything that was made, but not what people wrote (var/)
	rm -rf $(VENV) node_modules build *.egg-info test-results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(ROOMS) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt | $(VENV)/bin/python
	$(PIP) $<
	@touch $@

# The development set holds the runtime set.
$(VENV)/.dev: requirements/dev.txt | $(VENV)/bin/python
	$(PIP) $<
	@touch $@ $(VENV)/.runtime

# Only the linter and the editor of diagrams come from npm; pages need nothing of them.
node_modules/.installed: package-lock.json att/assets.py | $(VENV)/.dev
	$(RUN) -m att.assets
	@touch $@
