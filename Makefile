# Plimsoll's own commands. `make demo` shows what it does, `make test` proves it, `make check` is the inner loop.
VENV := .venv
BIN := $(VENV)/bin
KERNELS := $(shell find src/plimsoll/forecast src/plimsoll/policy src/plimsoll/simulation -name '*.py')
INNER := tests/unit tests/properties tests/theory tests/architecture
# Compiled kernels are kept with the checkout, so that they go when it goes.
export NUMBA_CACHE_DIR := $(CURDIR)/.cache/numba
# The tests start hundreds of processes: without its compiled form each would read every module anew.
unexport PYTHONDONTWRITEBYTECODE
.DELETE_ON_ERROR:
.PHONY: help demo test check lint docs format setup lock clean

help:
	@echo "make demo    set up, then run the whole chain on a small service that really runs; writes a report"
	@echo "make test    set up, then run all tests, with the servers and the browser they need"
	@echo "make check   format, lint, types, import contracts, unit and property tests; needs no servers"
	@echo "make lint    format, lint, types, import contracts alone"
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

# Read without being run: format, lint, types, imports. Takes one processor, as compiling does, so both go at once.
lint: .make/python
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

check:
	@$(MAKE) --no-print-directory --jobs 2 lint .make/warm
	@$(BIN)/pytest -n 2 -m "not system and not quiet" $(INNER)

test:
	@$(MAKE) --no-print-directory --jobs 2 .make/debian lint .make/warm
	@echo "Tests that measure time or load, with the machine to themselves:"
	@$(BIN)/pytest -m quiet
	@echo "All other tests, a file on one worker, so that what its tests share is made once:"
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 10 -m "not quiet"

format: .make/python
	@$(BIN)/ruff format src tests benchmarks
	@$(BIN)/ruff check --fix src tests benchmarks

docs: .make/warm
	@$(BIN)/plimsoll schema -o md > docs/model-file.md
	@$(BIN)/plimsoll schema --of policy-test -o md > docs/policy-test-file.md
	@$(BIN)/python -m tests.documentation --write

lock: .make/python
	@$(BIN)/uv pip compile pyproject.toml --all-extras --group test --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --quiet --output-file constraints.txt

clean:
	rm -rf $(VENV) .make .cache .mypy_cache .ruff_cache .hypothesis dist build
