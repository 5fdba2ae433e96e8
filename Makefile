# Two commands do everything on a fresh machine with Python 3.11 or newer: `make serve` and `make test`.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

export CONTACT_GRAPH_DATA ?= .data

.PHONY: serve token test fuzz check fix schema web pins clean

serve: $(VENV)/.serve web ## Start the server with the demo's data: make serve PORT=8123
	@CONTACT_GRAPH_DEMO=on CONTACT_GRAPH_PORT=$(PORT) $(BIN)/contact-graph serve

token: $(VENV)/.serve ## Print the token of the demo's administrator, and nothing else
	@CONTACT_GRAPH_DEMO=on $(BIN)/contact-graph token

test: check ## Run everything: format, lint, types, import contracts, tests with coverage
	@$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --cov

fuzz: $(VENV)/.test .venv-fuzz/.installed ## Have Schemathesis invent operations against the demo: make fuzz FUZZ_SEED=2
	@$(BIN)/python -m tests.fuzz

check: $(VENV)/.test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(VENV)/.test ## Format, and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

schema: $(VENV)/.serve ## Write schema.graphql anew
	@$(BIN)/contact-graph schema > schema.graphql

web:
	@web/build

pins: $(VENV)/.test ## Compile the pins anew, with hashes
	@$(BIN)/pip install --quiet uv
	@for each in requirements requirements-dev requirements-fuzz; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --no-annotate --upgrade $$each.in --output-file $$each.txt; done

clean: ## Remove what was built and installed; the data stays
	rm -rf $(VENV) .venv-fuzz graph/static/graphiql web/clients/generated web/*/node_modules tests/graph/http_audits/node_modules tests/graph/live_npm/node_modules tests/crm/hubspot_contract/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

# The stamps say which pins are installed: a changed file installs anew. The pins are complete, so nothing is resolved:
# older versions of pip would look for the newest release of a package that is asked for with an extra.
$(VENV)/.serve: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the server's dependencies …" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.serve
	@echo "Installing what the tests need …" >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-dev.txt
	@touch $@

.venv-fuzz/.installed: requirements-fuzz.txt | $(VENV)/bin/python
	@echo "Installing Schemathesis …" >&2
	@$(BIN)/python -m venv .venv-fuzz
	@.venv-fuzz/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-fuzz.txt
	@touch $@
