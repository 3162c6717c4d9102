# demo and test need Python 3.11 to 3.13 and a package index, nothing else.

PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3 python,$(shell \
	$(name) -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $(name))))
BIN := .venv/bin
# Tests wait more than they compute: more at once than there are cores.
PROCESSES ?= 4
PROMETHEUS := .cache/prometheus
VERIFY_COMPOSE := ../shared/tools/verify-compose
# A browser, and fonts with letters for what the tests show.
CHROMIUM := chromium fonts-noto-core fonts-jetbrains-mono
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help demo test test-feeds test-browser test-kafka test-faults test-observability verify-compose check bench fuzz train compose format lock clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/ \t/' | sort

demo: .venv/runtime  ## one story through the whole pipeline, on the embedded broker
	@$(BIN)/newswire demo

test: .venv/dev  ## every test that needs nothing but Python; PROCESSES=1: one after the other
	$(BIN)/pytest -n $(PROCESSES) -m "not apache_kafka and not slow and not browser and not faults"

test-feeds: .venv/dev  ## fifty live feeds, good and bad, followed for a minute; pushes of every kind
	$(BIN)/pytest -n 2 -m slow

test-browser: .venv/browser  ## the console in headless Chromium; installs Debian's where it may
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(CHROMIUM) >/dev/null; } || \
		{ echo "newswire: Chromium is needed: apt-get install $(CHROMIUM)" >&2; exit 2; }
	$(BIN)/pytest -n 2 -m browser

test-kafka: .venv/dev  ## the tests on Apache Kafka: with Java 17 and Maven, without Docker
	$(BIN)/pytest -n 2 -m "apache_kafka and not faults"

test-faults: .venv/dev  ## killed workers and brokers under the load of a whole wire; FAULTS_ITEMS=1500: less of it
	$(BIN)/pytest -m faults

test-observability: .venv/dev  ## that Prometheus finds what the dashboard shows; fetches Debian's, installs nothing
	@command -v prometheus >/dev/null || test -x $(PROMETHEUS)/usr/bin/prometheus || { \
		mkdir -p $(PROMETHEUS) && cd $(PROMETHEUS) && \
		{ apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; } && \
		dpkg --extract prometheus_*.deb . && rm prometheus_*.deb; } || \
		{ echo "newswire: Prometheus is needed, which Debian has as a package" >&2; exit 2; }
	PATH="$$PATH:$(CURDIR)/$(PROMETHEUS)/usr/bin" $(BIN)/pytest tests/test_observability.py

# The settings are what the stand-in for Kafka wants.
verify-compose: ## the composed system from up to down, on a machine without Docker and without a registry
	NEWSWIRE_SESSION_TIMEOUT=3 NEWSWIRE_PRODUCER_BATCH_SIZE=1 \
		$(VERIFY_COMPOSE) . docker-compose.yml tests/compose/check

check: .venv/dev  ## style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/bench  ## the whole pipeline on a stream; readies the other benchmarks, with whom they compare us
	$(BIN)/python benchmarks/stream.py

train: .venv/dev  ## train the tagger anew, from ../shared/data/train
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train.lock
	$(BIN)/python -m training

fuzz: .venv/dev  ## a million inputs that no source sends, through every stage
	$(BIN)/python benchmarks/fuzz.py

format: .venv/dev  ## let ruff put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m schemas
	$(BIN)/python -m pipeline.contract

lock: .venv/dev  ## resolve the dependencies anew
	$(BIN)/pip install --quiet uv
	$(LOCK) pyproject.toml --output-file requirements.lock
	$(LOCK) pyproject.toml --extra dev --output-file requirements-dev.lock
	$(LOCK) pyproject.toml --extra train --constraint requirements-dev.lock --output-file requirements-train.lock
	$(LOCK) pyproject.toml --extra bench --constraint requirements-dev.lock --output-file requirements-bench.lock
	$(LOCK) pyproject.toml --extra browser --constraint requirements-dev.lock --output-file requirements-browser.lock
	$(LOCK) requirements-build.in --constraint requirements-dev.lock --output-file requirements-build.lock

clean:  ## remove what was installed and fetched
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/python:
	@test -n "$(PYTHON)" || { echo "newswire: Python 3.11, 3.12 or 3.13 with venv is needed, and there is none" >&2; exit 2; }
	@echo "Setting up .venv with $(PYTHON) (once)"
	@$(PYTHON) -m venv .venv
	@touch $@

# The project itself is installed in place, by the build backend of the lock file.
define install
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(1) -r requirements-build.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
endef

.venv/runtime: .venv/python requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing the pipeline and its model"
	$(call install,requirements.lock)

.venv/dev: .venv/python requirements-dev.lock requirements-build.lock pyproject.toml
	@echo "Installing the pipeline, its model and the tools"
	$(call install,requirements-dev.lock)
	@touch .venv/runtime

.venv/bench .venv/browser: .venv/%: .venv/dev requirements-%.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-$*.lock
	@touch $@
