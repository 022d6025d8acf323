# Plimsoll's own commands. `make demo` shows what it does, `make test` proves it, `make check` is the inner loop.
VENV := .venv
BIN := $(VENV)/bin
KERNELS := $(shell find src/plimsoll/forecast src/plimsoll/policy src/plimsoll/simulation -name '*.py')
INNER := tests/unit tests/properties tests/theory tests/architecture
# Compiled kernels are kept with the checkout, so that they go when it goes.
export NUMBA_CACHE_DIR := $(CURDIR)/.cache/numba
.DELETE_ON_ERROR:
.PHONY: help demo test check docs format setup lock clean

help:
	@echo "make demo    set up, then run the whole chain on a small service that really runs; writes a report"
	@echo "make test    set up, then run all tests, with the servers and the browser they need"
	@echo "make check   format, lint, types, import contracts, unit and property tests"
	@echo "make format  put the code into its form"
	@echo "make docs    put what the commands print into the pages"
	@echo "make lock    lock the versions of all dependencies anew"
	@echo "make clean   remove what make has made"

setup: .make/warm

.make/python: constraints.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh python $(CURDIR)/$(VENV)
	@touch $@

.make/debian: scripts/setup.sh
	@scripts/setup.sh debian
	@touch $@

.make/warm: .make/python $(KERNELS)
	@$(BIN)/plimsoll warm-up
	@touch $@

demo: .make/warm
	@$(BIN)/plimsoll demo

check: .make/warm
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -n 2 $(INNER)

test: .make/debian .make/warm
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@echo "Tests that measure time or load, with the machine to themselves:"
	@$(BIN)/pytest -m quiet
	@echo "All other tests:"
	@$(BIN)/pytest -n 2 --dist loadgroup --durations 10 -m "not quiet"

format: .make/python
	@$(BIN)/ruff format src tests benchmarks
	@$(BIN)/ruff check --fix src tests benchmarks

docs: .make/warm
	@$(BIN)/plimsoll schema -o md > docs/model-file.md
	@$(BIN)/python -m tests.documentation --write

lock: .make/python
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group test --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --quiet --output-file constraints.txt

clean:
	rm -rf $(VENV) .make .cache .mypy_cache .ruff_cache .hypothesis dist build
