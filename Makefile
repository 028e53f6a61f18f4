# ReviewHub. `make demo` and `make test` need only make and Python 3.11 to 3.14.
#
#   make demo [ARGS="--port 9000"]   everything on this machine, one address
#   make test                        the tests but for the slow ones
#   make test-all                    all of them
#   make mutate                      make things wrong, and see that a test tells of each
#   make lint                        style, types and the layers of the house
#   make bench NAME=pages            one benchmark
#   make lock [UPGRADE=--upgrade]    resolve the dependencies anew
#   make clean                       remove the environment and what tools left behind (never data/)
#
# PYTHON=/path/to/python chooses the interpreter.

ARGS ?=
NAME ?=
UPGRADE ?=
PY := .venv/bin/python
# The system's certificates, as pip uses them: a company's proxy signs with its own.
export UV_SYSTEM_CERTS := 1
BOOTSTRAP := sh scripts/bootstrap.sh
# One process a core. ARGS="-n0 tests/web" runs a few in this one.
PYTEST := $(PY) -m pytest -n logical --dist worksteal
LOCKING := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -c requirements/constraints.in

.DEFAULT_GOAL := help
.PHONY: help demo test test-all mutate lint bench lock clean env

help:
	@sed -n 's/^#   //p' Makefile

demo:
	@$(BOOTSTRAP) run
	@exec env REVIEWHUB_STOP_WITH_PARENT=1 $(PY) -m reviewhub demo $(ARGS)

env:
	@$(BOOTSTRAP) dev

test: env
	@$(PYTEST) -m "not slow" $(ARGS)

test-all: env
	@$(PYTEST) $(ARGS)

# ARGS="domain access review" takes some modules of the domain, ARGS="named undo" some named mutations.
mutate: env
	@$(PY) -m tests.mutation $(ARGS)

lint: env
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports

bench: env
	@test -n "$(NAME)" || { echo 'Which one? make bench NAME=pages'; exit 2; }
	@$(PY) -m bench $(NAME) $(ARGS)

lock: env
	$(LOCKING) $(UPGRADE) pyproject.toml -o requirements/run.lock
	$(LOCKING) $(UPGRADE) pyproject.toml --extra test --extra lint -c requirements/run.lock -o requirements/dev.lock
	$(LOCKING) $(UPGRADE) requirements/bootstrap.in -o requirements/bootstrap.lock
	$(LOCKING) $(UPGRADE) requirements/ministack.in -o config/ministack.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
