# Needs Python 3.11 or newer and a package index; everything else is set up here.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_STAMP := $(VENV)/.demo-installed
TEST_STAMP := $(VENV)/.test-installed
PYTEST_ARGS ?=
# Most tests wait for sockets and processes rather than compute, so more of them than cores run at once.
WORKERS ?= 6
ORDINARY := "not long and not multicast and not installation"
# What failed beside many others is run once more by itself: what fails alone fails.
ALONE := $(BIN)/python -m pytest --last-failed --last-failed-no-failures none -m $(ORDINARY)

.PHONY: demo test installation lint types layers check long bench screenshots wheel clean

demo: $(DEMO_STAMP)  ## find, pair, wake, join, see and shoot an emulated camera
	@$(BIN)/python -m remotelens demo $(DEMO_ARGS)

test: $(TEST_STAMP)  ## the whole suite
	@scripts/system-parts
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m $(ORDINARY) $(PYTEST_ARGS) || $(ALONE) $(PYTEST_ARGS)
	$(BIN)/python -m pytest -m "multicast and not long" $(PYTEST_ARGS)

installation: $(TEST_STAMP)  ## the container file's own steps, and a camera run from what they install
	$(BIN)/python -m pytest -m installation $(PYTEST_ARGS)

lint: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TEST_STAMP)
	$(BIN)/mypy

layers: $(TEST_STAMP)
	$(BIN)/lint-imports

check: lint types layers test installation  ## what continuous integration runs

long: $(TEST_STAMP)  ## fuzzing and soaks
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group long
	$(BIN)/python -m pytest -m long --timeout 3600 $(PYTEST_ARGS)

bench: $(TEST_STAMP)  ## figures against a floor or a peer of the same run
	$(BIN)/python -m benchmarks

screenshots: $(TEST_STAMP)  ## the pictures of README and docs, from an emulated camera
	$(BIN)/python scripts/screenshots.py
	$(BIN)/python scripts/dashboard_screenshot.py

wheel: $(TEST_STAMP)
	$(BIN)/python -m build --wheel

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("remotelens needs Python 3.11 or newer; this is " + sys.version.split()[0] + " (choose another: make PYTHON=python3.12 ...)" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"

$(DEMO_STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[demo]"
	@touch $@

$(TEST_STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[all]" --group dev
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
