# Everything runs in an environment of its own under .venv, made from the lock files. Needs Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests

.PHONY: help demo test check lint types contracts unit docs bench soak coverage readers lock schemas clean

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.run  ## a small production from nothing: scan, ask, refuse, approve, deliver
	$(BIN)/python fixtures/demo.py demo

test: check unit  ## everything CI runs

check: lint types contracts  ## what machines can say of the code without running it

lint: $(VENV)/.dev  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## mypy --strict, tests too
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## which room may import which
	$(BIN)/lint-imports

unit: $(VENV)/.dev  ## the tests, docs included
	$(BIN)/python -m pytest -n auto --dist loadgroup $(TESTS)

bench: $(VENV)/.run  ## how fast, against whom
	$(BIN)/python -m bench

soak: $(VENV)/.dev  ## the long counts: mutants, kills, what a watch must stand and what it costs
	$(BIN)/python -m pytest -s soak

schemas: $(VENV)/.run  ## write the JSON Schemas from the document types
	$(BIN)/python -m provenance.report.schemas

readers: $(VENV)/.dev  ## note that files read as EXAMINER says; SAME=--same where a change reads nothing otherwise
	$(BIN)/python -m tests.readers $(SAME)

coverage: $(VENV)/.dev  ## write docs/coverage.md from the tables of marks that the tests run
	$(BIN)/python -m tests.signals.coverage

lock:  ## with uv on the PATH: resolve the floors of pyproject.toml into the lock files
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c requirements/constraints.txt pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean:  ## forget the environment, the demo and the caches
	rm -rf $(VENV) demo bench/.cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
