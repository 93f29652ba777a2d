# The two commands are `make run` and `make test`; `make help` lists the others.
.DEFAULT_GOAL := help
.PHONY: help run test test-deep lint format requirements
# Python keeps what it compiles of the tests and of what they start, also where it is told not to.
PYTEST = PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest
ALONE = tests/bench tests/e2e

help: ## shows this list
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "make %-13s %s\n", $$1, $$2 }'

run: ## sets everything up and starts the demo shop with its assistant
	@sh scripts/bootstrap.sh run
	@exec env SPORTELLO_DEV=1 .venv/bin/sportello up --demo

test: ## sets everything up and runs the tests (ARGS="tests/shop -k orders" for some)
	@sh scripts/bootstrap.sh test
	@sh scripts/browser.sh
	@sh scripts/rasa_webchat.sh
	@.venv/bin/sportello train --if-needed
ifdef ARGS
	@$(PYTEST) -m "not deep" $(ARGS)
else
	@$(PYTEST) -m "not deep and not alone" -n 2 --dist loadfile --durations=30
	@$(PYTEST) -m "not deep and alone" --durations=15 $(ALONE)
endif

test-deep: ## races, kills, soaks and measurements with the full counts
	@sh scripts/bootstrap.sh test
	@sh scripts/browser.sh
	@.venv/bin/sportello train --if-needed
	@SPORTELLO_DEEP=1 $(PYTEST) -m "deep or more" $(ARGS)

lint: ## checks style and types
	@sh scripts/bootstrap.sh test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format: ## puts imports and layout in order
	@sh scripts/bootstrap.sh test
	@.venv/bin/ruff check --fix-only .
	@.venv/bin/ruff format .

COMPILE = .venv/bin/uv pip compile --generate-hashes --no-header --no-emit-index-url -q

requirements: ## compiles requirements/*.in again, with hashes
	@sh scripts/bootstrap.sh run
	@$(COMPILE) requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) requirements/test.in --override requirements/overrides.txt -o requirements/test.txt
	@$(COMPILE) requirements/run.in --override requirements/overrides.txt -c requirements/test.txt -o requirements/run.txt
	@! grep -n '://' requirements/*.txt
