# Everything a developer types. Each target makes .venv itself, and installs again only when
# pyproject.toml changed.
.DEFAULT_GOAL := help
.PHONY: help run test nightly lint format fuzz bench bench-data clean
SHELL := /bin/bash

BIN := .venv/bin
WORKERS ?= auto
ARGS ?=
FUZZ_SECONDS ?= 60
KILLS ?= 200
SEED ?= $(shell date +%Y%m%d)

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/.base  ## Start the archive on 127.0.0.1:11112 with a sample study (ARGS="--dicom-port 104" adds flags)
	@exec $(BIN)/filmroom serve --sample $(ARGS)

test: .venv/.dev  ## Run all tests, real peers included (ARGS="-k name" picks some)
	@tools/install_peers.sh
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

nightly: .venv/.dev  ## Kill the server 200 times while it receives (SEED=20260101 repeats that day's kills, KILLS=1000)
	FILMROOM_KILLS=$(KILLS) FILMROOM_SEED=$(SEED) $(BIN)/python -m pytest -n $(WORKERS) $(ARGS) tests/faults/test_kill.py

lint: .venv/.dev  ## Style, types and the layers of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev  ## Mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: .venv/.dev  ## Search for inputs that break an invariant, a minute a target (FUZZ_SECONDS=600 ARGS="reader")
	PYTHONPATH=tests/support $(BIN)/python tests/fuzz --seconds $(FUZZ_SECONDS) $(ARGS)

bench: .venv/.dev  ## Measure against DCMTK and pynetdicom; writes bench/RESULTS.md (ARGS="--quick")
	@tools/install_peers.sh
	PYTHONPATH=bench:tests/support $(BIN)/python bench/__main__.py $(ARGS)

bench-data: .venv/.dev  ## Measure the data layer against pydicom; writes bench/DATA_LAYER.md (ARGS="--quick")
	PYTHONPATH=bench $(BIN)/python bench/data_layer.py $(ARGS)

clean:  ## Remove .venv and caches; never filmroom-data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.base: pyproject.toml
	@tools/make_venv.sh base

.venv/.dev: pyproject.toml
	@tools/make_venv.sh dev
