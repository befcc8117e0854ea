.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
SERVICES := ingest normalize merge
MEMBERS := shared $(addprefix services/,$(SERVICES)) cli
STAMP := .venv/.enlist-setup
SOURCES := shared services cli tests docs examples

.PHONY: help setup lock demo check test test-kafka test-promise test-containers test-browser test-office screenshots chromium office fuzz bench docs clean

help: ## list every door
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 17

setup: $(STAMP) ## make .venv with everything pinned by hash; leaves .venv/bin/enlist

$(STAMP): requirements/dev.txt $(addsuffix /pyproject.toml,$(MEMBERS))
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	touch $@

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate $(addprefix --no-emit-package enlist-,shared $(SERVICES))

lock: ## resolve requirements/ again: dev.txt, and for the images one of each service
	$(LOCK) --group dev requirements/build.in $(addsuffix /pyproject.toml,$(MEMBERS)) -o requirements/dev.txt
	$(LOCK) --constraint requirements/dev.txt requirements/build.in -o requirements/build.txt
	$(LOCK) --constraint requirements/dev.txt shared/pyproject.toml -o requirements/shared.txt
	$(LOCK) --constraint requirements/dev.txt requirements/servers.in -o requirements/servers.txt
	for service in $(SERVICES); do $(LOCK) --constraint requirements/dev.txt \
	  shared/pyproject.toml services/$$service/pyproject.toml -o requirements/$$service.txt || exit; done

demo: setup ## start the whole stack, import a messy sample, print the balance, stop
	$(BIN)/enlist demo

check: setup ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports

test: setup ## the suite; starts and stops what it needs
	$(BIN)/pytest

test-kafka: setup build/kafka/.complete build/kcat/.complete build/example-java/.complete ## the live and pipeline suites, and faults, on Apache Kafka 4
	ENLIST_TEST_KAFKA_JARS=build/kafka $(BIN)/pytest tests/live tests/pipeline tests/kafka

test-promise: setup ## 100,000 people who opt out, and everything that could bring them back
	ENLIST_TEST_PEOPLE=100000 $(BIN)/pytest -s tests/promise

test-containers: setup build/kafka/.complete ## images, Compose and the live suite in containers; may start a Docker engine
	$(BIN)/python -m tests.containers

build/kafka/.complete: tests/kafka/pom.xml
build/example-java/.complete: examples/java/pom.xml
build/kafka/.complete build/example-java/.complete:
	@for program in java mvn; do command -v $$program >/dev/null || { \
	  echo "make test-kafka: $$program is missing; it needs Java 17 or newer and Maven" >&2; exit 1; }; done
	rm -rf $(@D)
	mvn --quiet --batch-mode --file $< dependency:copy-dependencies -DoutputDirectory=$(abspath $(@D))
	touch $@

build/kcat/.complete: tests/kafka/kcat.sh
	$< $(@D)
	touch $@

test-browser: setup chromium ## the console in a real browser
	ENLIST_TEST_BROWSER=$$(command -v chromium) $(BIN)/pytest tests/browser

test-office: setup office ## what LibreOffice makes of our workbooks, and we of its
	ENLIST_TEST_OFFICE=$$(command -v soffice) $(BIN)/pytest tests/office

screenshots: setup chromium ## every page of the console into docs/images/, wide and narrow, light and dark
	ENLIST_TEST_BROWSER=$$(command -v chromium) $(BIN)/python -m tests.browser.screenshots

chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && \
	  apt-get install -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; } || { \
	  echo "chromium is missing: install it from your distribution's packages" >&2; exit 1; }

office:
	@command -v soffice >/dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && \
	  apt-get install -qq --no-install-recommends libreoffice-calc-nogui >/dev/null; } || { \
	  echo "soffice is missing: install LibreOffice Calc from your distribution's packages" >&2; exit 1; }

fuzz: setup ## damage workbooks for five minutes; each must be read or end with a code
	$(BIN)/python -m tests.workbooks.fuzz

bench: setup ## measure throughput, memory and the floor; prints a table
	$(BIN)/python -m tests.bench

docs: setup ## write the pages that are made from code
	$(BIN)/python -m docs.generate

clean: ## remove what setup and the tests made
	rm -rf .venv build
