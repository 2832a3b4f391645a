# make help lists what there is. Only Python 3.11 or newer and make are needed; the rest is built.

FOLDER ?= my-lessons
VENV   ?= .venv
CONSTRAINTS ?= constraints.txt

BIN   := $(VENV)/bin
READY := $(VENV)/.dlcourse-installed
BROWSER_READY := $(VENV)/.dlcourse-browser-installed
BENCH_READY := $(VENV)/.dlcourse-bench-installed
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
NBVAL ?= --nbval
UNIT  ?=

.DEFAULT_GOAL := help
.PHONY: help lab install test lint types unit nbval test-slow test-browser notebooks bench constraints clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

lab: $(READY)  ## open the course in JupyterLab (FOLDER=my-lessons ARGS=--no-browser)
	@$(BIN)/dlcourse lab "$(FOLDER)" $(ARGS)

install: $(READY)  ## build the environment only

# Installed again only when what to install has changed.
$(READY): pyproject.toml $(CONSTRAINTS)
	@sh tools/make_venv.sh $(VENV)
	$(BIN)/python -m pip install -q -c $(CONSTRAINTS) -e '.[dev]'
	@touch $@

test: lint types unit nbval  ## all tests but the slow ones and those in a browser

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy dlcourse

unit: $(READY)
	$(BIN)/pytest tests dlcourse --doctest-modules -n 2 -q $(UNIT)

nbval: $(READY)
ifeq ($(NOTEBOOKS),)
	@echo 'no notebooks yet'
else
	$(BIN)/pytest notebooks $(NBVAL) --nbval-sanitize-with tests/sanitize.cfg -n 2 --dist loadfile -q
endif

test-slow: $(READY)  ## the tests marked slow
	$(BIN)/pytest tests -m slow -q

$(BROWSER_READY): $(READY)
	$(BIN)/python -m pip install -q -c $(CONSTRAINTS) -e '.[dev,browser]'
	@touch $@

test-browser: $(BROWSER_READY)  ## the lessons in JupyterLab in Chromium
	$(BIN)/pytest tests/browser -m browser -q

notebooks: $(READY)  ## run all lessons again and save their outputs
	$(BIN)/python tools/record_notebooks.py $(NOTEBOOKS)

$(BENCH_READY): $(READY)
	$(BIN)/python -m pip install -q -c $(CONSTRAINTS) -e '.[dev,bench]'
	@touch $@

bench: $(BENCH_READY)  ## our times against those of other libraries
	$(BIN)/python -m benchmarks

constraints:  ## make constraints.txt again from a fresh environment
	sh tools/make_constraints.sh > constraints.tmp && mv constraints.tmp constraints.txt

clean:  ## remove the environment and all caches, never your lessons
	rm -rf .venv .venv-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
