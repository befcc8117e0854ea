.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
MEMBERS := shared services/ingest services/normalize services/merge cli
STAMP := .venv/.enlist-setup
SOURCES := shared services cli tests

.PHONY: help setup lock demo check test test-kafka bench docs clean

help: ## list every door
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

setup: $(STAMP) ## make .venv with everything pinned by hash; leaves .venv/bin/enlist

$(STAMP): requirements/dev.txt $(addsuffix /pyproject.toml,$(MEMBERS))
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	touch $@

lock: ## resolve requirements/dev.txt again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --group dev requirements/build.in \
	  $(addsuffix /pyproject.toml,$(MEMBERS)) --no-emit-package enlist-shared \
	  --no-emit-package enlist-ingest --no-emit-package enlist-normalize \
	  --no-emit-package enlist-merge -o requirements/dev.txt

demo: setup ## start the whole stack, import a messy sample, print the balance, stop
	$(BIN)/enlist demo

check: setup ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports

test: setup ## the suite; starts and stops what it needs
	$(BIN)/pytest

test-kafka: setup build/kafka/.complete ## the live and pipeline suites, and faults, on Apache Kafka 4
	ENLIST_TEST_KAFKA_JARS=build/kafka $(BIN)/pytest tests/live tests/pipeline tests/kafka

build/kafka/.complete: tests/kafka/pom.xml
	@for program in java mvn; do command -v $$program >/dev/null || { \
	  echo "make test-kafka: $$program is missing; it needs Java 17 or newer and Maven" >&2; exit 1; }; done
	rm -rf $(@D)
	mvn --quiet --batch-mode --file $< dependency:copy-dependencies -DoutputDirectory=$(abspath $(@D))
	touch $@

bench: setup ## measure throughput, memory and the floor; prints a table
	$(BIN)/python -m tests.bench

docs: setup ## write the pages that are made from code
	$(BIN)/python -m docs.generate

clean: ## remove what setup made
	rm -rf .venv
