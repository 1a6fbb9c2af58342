# The commands of this repository. `make demo` needs Python 3.11 and nothing else; `make test` installs what it needs.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo system test check test-long bench screenshots translations lock clean

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet
EDITABLE := --no-deps --no-build-isolation --no-index --editable .
NODE := tests/node
ARGS ?=
# Two files of tests run beside each other.
BESIDE := -n 2 --dist loadfile
# Nothing in these folders is fast: reading them alone takes seconds.
BROWSERLESS := $(foreach room,accessibility bench delivery journeys,--ignore=tests/$(room))
# Seeds of the long runs: the day's date, so that every day tries something else and any day can be tried again.
SEED ?= $(shell date -u +%Y%m%d)

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

demo: $(VENV)/.runtime ## a meeting to try, with links for every role; ARGS="--play" plays the day
	@$(VENV)/bin/hybridmote demo $(ARGS)

setup: $(VENV)/.dev ## .venv with everything for working on the code

test: system setup $(NODE)/node_modules/.installed ## every test but the long ones, with servers of their own
	@$(PY) -m pytest -m "not long" $(BESIDE) $(ARGS)

check: setup ## lint, types, imports and the fast tests: under a minute
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PY) tools/messages.py --check
	@$(PY) -m pytest -q -m "not slow and not long" $(BESIDE) $(BROWSERLESS) $(ARGS)

test-long: system setup $(NODE)/node_modules/.installed ## kills, soaks and seeds: at most 25 minutes; SEED=20260311 repeats a day
	@echo "Seeds of the long runs: SEED=$(SEED)"
	@TEST_SEED=$(SEED) $(PY) -m pytest -m long --hypothesis-seed=$(SEED) --session-timeout=1440 $(BESIDE) $(ARGS)

bench: system setup $(NODE)/node_modules/.installed ## how fast it is: a page and JSON under build/bench
	@$(PY) -m bench $(ARGS)

screenshots: system setup ## a picture of every page, under build/screenshots
	@$(PY) -m tools.screenshots $(ARGS)

translations: setup ## collect the words of code, templates and scripts, and compile the Swedish
	@$(PY) tools/messages.py

lock: $(VENV)/.made ## requirements/*.txt and the Node lock anew from what they are made of
	@tools/lock.sh
	@cd $(NODE) && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## everything that was made, but not the data of a meeting
	rm -rf $(VENV) build dist *.egg-info $(NODE)/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

system:
	@tools/system_packages.sh

# Stamps: made once, and again when what they are made of changes.
$(VENV)/.made:
	@tools/venv.sh $(VENV)
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml tools/wheel.py | $(VENV)/.made
	@echo "Installing what hybridmote runs on (once)"
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) $(EDITABLE)
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml tools/wheel.py | $(VENV)/.made
	@echo "Installing what hybridmote is made and tested with (once)"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(PIP) $(EDITABLE)
	@touch $(VENV)/.runtime $@

# No install scripts: nothing here may download or compile on its own.
$(NODE)/node_modules/.installed: $(NODE)/package-lock.json
	@echo "Installing the Node client of the tests (once)"
	@cd $(NODE) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@
