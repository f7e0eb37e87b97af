# Everything is set up in a local environment (.venv) from pinned, hashed requirements; nothing outside it is touched.
# Needed beforehand: Python 3.11 or newer with pip, git, make, and gcc where no ready wheel fits the machine.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# pip works on the environment from outside: not every Python brings what is needed to put a pip inside.
PIP := $(PYTHON) -m pip --disable-pip-version-check --python $(BIN)/python

# Options of one run: make unit ARGS="tests/domain -k credit", make unit JOBS=4, make demo ARGS=--help
# The demo starts from a stage: make demo STAGE=team|busy|quiet|breach|slack-down
ARGS ?=
STAGE ?=
JOBS ?= 2

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint types imports unit golden pictures format audit pins clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo 'PYTHON=python3.12 chooses the Python of a new $(VENV); the present choice is $(PYTHON).'

demo: $(VENV)/run.stamp  ## try Winbell in a local, Slack-like workspace: no account, no token
	$(BIN)/winbell demo $(if $(STAGE),--stage $(STAGE)) $(ARGS)

test: lint types imports unit  ## every check and every test, on SQLite and PostgreSQL

lint: $(VENV)/dev.stamp  ## style: ruff's rules and its format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/dev.stamp  ## types: mypy, strict
	$(BIN)/mypy

imports: $(VENV)/dev.stamp  ## who may import whom: import-linter
	$(BIN)/lint-imports

unit: $(VENV)/dev.stamp  ## the tests alone (ARGS="tests/domain -k credit", JOBS=4)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

golden: $(VENV)/dev.stamp  ## write the golden files anew; then read the difference
	WINBELL_GOLDEN=write $(BIN)/python -m pytest -k golden $(ARGS)

pictures: $(VENV)/dev.stamp  ## take the pictures of docs/images anew (needs Chromium)
	WINBELL_BROWSER=required WINBELL_PICTURES=write $(BIN)/python -m pytest tests/browser $(ARGS)

format: $(VENV)/dev.stamp  ## put the code in order: ruff's safe fixes and its format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

audit: $(VENV)/dev.stamp  ## known advisories about the pinned run-time packages (asks the network)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement requirements/run.txt

# The files hold names, versions and hashes; where packages come from is each machine's own setting.
PINS := CUSTOM_COMPILE_COMMAND='make pins' $(BIN)/pip-compile --quiet --no-config --upgrade --allow-unsafe \
	--generate-hashes --strip-extras --no-emit-options --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

pins: $(VENV)/dev.stamp  ## newest versions into requirements/*.txt (asks the network)
	$(PINS) --build-deps-for editable --output-file requirements/run.txt pyproject.toml
	$(PINS) --output-file requirements/dev.txt requirements/dev.in

clean:  ## remove the environment and every cache; your .env, agreement and database stay
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find bot handlers jobs tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo '$(PYTHON) is not a Python 3.11 or newer with pip. Name one: make PYTHON=python3.11 …' >&2; exit 1; }
	$(PYTHON) -m venv --clear --without-pip $(VENV)

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes --requirement requirements/run.txt
	$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	$(PIP) install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@
