# Thin names for scripts/bootstrap.py. `make PYTHON=python3.12 run` chooses another Python.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
.DEFAULT_GOAL := help
.PHONY: help setup run test test-long bench lint messages

help: ## Show these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Prepare everything without starting anything
	@$(PYTHON) -m scripts.bootstrap setup

run: ## Prepare, load the demo into an empty database, start web server and workers
	@$(PYTHON) -m scripts.bootstrap run

test: ## Lint, types, contracts, all tests on SQLite and PostgreSQL, journeys in Chromium
	@$(PYTHON) -m scripts.bootstrap test

test-long: ## Large races and kills on PostgreSQL
	@$(PYTHON) -m scripts.bootstrap test-long

bench: ## Measure against the hand-written reference
	@$(PYTHON) -m scripts.bootstrap bench

lint: ## Style, types, contracts and translations only
	@$(PYTHON) -m scripts.bootstrap lint

messages: ## Extract texts, merge translations, compile
	@$(PYTHON) -m scripts.bootstrap messages
