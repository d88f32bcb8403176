# Two commands do everything: `make run` and `make test`. Both install what they need.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
.PHONY: help setup run test check train journey bench lock clean openapi

help: ## show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## make both Python environments from the hash-locked requirements
	@sh .ci/setup

run: setup ## start web, worker, bot and the local hotline; Ctrl-C stops all
	@exec .venv/bin/xiansuo run

test: setup ## every test: unit, contract, architecture, integration, conversations, acceptance
	@sh .ci/test

check: setup ## seconds: format, lint, types, imports
	@sh .ci/check

train: setup ## train both models (reused when the data is unchanged)
	@.venv/bin/xiansuo train --no-corrections
	@cd bot && .venv/bin/python -W ignore -m train

journey: setup ## post the real texts of ../shared/data through the public chat and print what became of them
	@$(PY) -m tests.journey

bench: setup ## measure speed as ratios in one run (docs/benchmarks.md)
	@$(PY) -m tests.load
	@$(PY) -m tests.load.lists
	@$(PY) -m tests.load.storm

openapi: setup ## write docs/openapi.json
	@$(PY) -c "import json; from intake.main import create_app; from intake.settings import Settings; print(json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=1))" > docs/openapi.json

lock: setup ## lock the dependencies again, with hashes and without any address
	@sh .ci/lock

clean: ## remove environments, models and caches of this folder; var/ keeps its databases
	rm -rf .venv bot/.venv bot/models bot/.rasa var/models .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info tests/.artifacts
