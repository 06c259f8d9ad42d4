# One word per need. Every target sets up .venv by itself and is fast when nothing changed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint bench bench-reading docs browser clean

demo: .venv/ready browser  ## crawl the sample portals on this machine and show what came of it
	@$(BIN)/python -m tests.demo

test: .venv/ready browser  ## the test suite
	@$(BIN)/python -m pytest -q -n 3 --dist loadscope  # a module is set up once; a third of the time tests wait

lint: .venv/ready  ## style, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/ready  ## recall and reading against the truth, what later runs ask and add, speed, how time and memory grow
	@$(BIN)/python -m tests.writing
	@$(BIN)/python -m tests.evaluate
	@$(BIN)/python -m tests.evaluate --portals 40 --seed 2
	@$(BIN)/python -m tests.newcomers
	@$(BIN)/python -m tests.revisits
	@$(BIN)/python -m tests.lookup
	@$(BIN)/python -m tests.throughput
	@$(BIN)/python -m tests.growth
	@$(BIN)/python -m tests.repeats
	@$(BIN)/python -m tests.hostile

bench-reading: .venv/ready  ## reading beside other extractors, over the farm in every skin and over real pages where they are
	@$(BIN)/python -m tests.reading
	@test ! -d ../shared/real/html || \
	  $(BIN)/python -m tests.reading --folder ../shared/real/html --labels tests/reading/real.jsonl

docs: .venv/ready  ## the JSON Schemas again from the models
	@$(BIN)/python -m parsing.schema

browser:  ## a Chromium for portals that scripts draw, if there is none and it can be had
	@.ci/chromium

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "nianbao: expected Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) -V). Name another: make PYTHON=python3.12"; exit 2; }
	@echo "setting up .venv (a minute, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:  ## what was made here: .venv, the demo's data, caches
	rm -rf .venv demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info
