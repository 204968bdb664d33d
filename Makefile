# Xinheng. `make` alone tells what there is. Presumed: Linux, make, Python 3.11 or newer. Everything else is set up.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test lint format bench messages assets locks clean

# The first of these that is new enough; `make PYTHON=/path/to/python3` overrides
ifndef PYTHON
PYTHON := $(shell for python in python3.11 python3.12 python3.13 python3 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
endif
BIN := .venv/bin

help:
	@echo "make setup      environment in .venv, command at .venv/bin/xinheng"
	@echo "make demo       a synthetic city through the real intake, then served (PACK=huaibei ORGS=5000 PORT=8000)"
	@echo "make test       style, types, layers, tests on SQLite, in a browser, on PostgreSQL"
	@echo "make lint       only style, types, layers"
	@echo "make bench      the speed claims, each beside its peer, on both databases (ARGS=\"--rows 100000\")"
	@echo "For maintainers: make format, messages (translations), assets (fonts, by npm), locks, clean"

setup: require-python
	@"$(PYTHON)" tools/setup.py run
	@echo "Ready: $(BIN)/xinheng --help"

setup-dev: require-python
	@"$(PYTHON)" tools/setup.py dev

demo: setup
	@$(BIN)/xinheng demo $(if $(PACK),--pack $(PACK)) $(if $(ORGS),--orgs $(ORGS)) $(if $(SEED),--seed $(SEED)) $(if $(PORT),--port $(PORT)) $(ARGS)

test: setup-dev
	@"$(PYTHON)" tools/system.py test-programs
	@$(BIN)/python tools/check.py test

lint: setup-dev
	@$(BIN)/python tools/check.py lint

format: setup-dev
	@$(BIN)/ruff check --quiet --fix .; $(BIN)/ruff format --quiet .

bench: setup-dev
	@"$(PYTHON)" tools/system.py bench-programs
	@"$(PYTHON)" tools/setup.py bench
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench --db postgres $(ARGS)
	@$(BIN)/python -m bench.search
	@$(BIN)/python -m bench.search --db postgres
	@$(BIN)/python -m bench.linkage --full
	@$(BIN)/python -m bench.evaluation --full

messages: setup-dev
	@$(BIN)/python tools/messages.py

assets: require-python
	@"$(PYTHON)" tools/vendor_assets.py

locks: setup-dev
	@$(BIN)/python tools/lock.py $(ARGS)

# The home (var) holds what was taken in: it is never removed from here
clean:
	rm -rf .venv .venv-bench .build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: require-python
require-python:
	@test -n "$(PYTHON)" || { echo "Xinheng needs Python 3.11 or newer. Debian 12: sudo apt-get install python3 python3-venv" >&2; exit 2; }
