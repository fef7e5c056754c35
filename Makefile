.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

$(STAMP): pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(STAMP)

.PHONY: help
help: ## say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

.PHONY: install
install: $(STAMP) ## create the environment in .venv

.PHONY: run
run: $(STAMP) ## start everything with the demonstration and print the address
	$(BIN)/cursus run

.PHONY: test
test: $(STAMP) ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q -rs

.PHONY: lint
lint: $(STAMP) ## format check, rules, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(STAMP) ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: $(STAMP) ## print the figures of the budget with their floors
	$(BIN)/python -m bench

.PHONY: web
web: ## build the pages' scripts and styles from web/src (needs node and npm)
	cd web && npm ci --ignore-scripts --no-audit --no-fund --silent && node build.mjs

.PHONY: messages
messages: $(STAMP) ## bring the catalogues up to date: pages, owners' files, the engine
	cd web && ../$(BIN)/pybabel -q extract -F translations/babel.cfg -k _ --no-wrap --sort-output --no-location --project=Cursus -o translations/messages.pot .
	$(BIN)/python -m web.extraction
	cd web && for domain in messages processes engine; do for language in fr de; do test -f translations/$$language/LC_MESSAGES/$$domain.po || ../$(BIN)/pybabel -q init -D $$domain -i translations/$$domain.pot -d translations -l $$language --no-wrap; ../$(BIN)/pybabel -q update -D $$domain -i translations/$$domain.pot -d translations -l $$language --no-wrap --no-fuzzy-matching --ignore-obsolete; done; done
