# `make demo` and `make test` do everything on a fresh machine: environment, installation, then the work itself.
# pip takes its settings as always: PIP_EXTRA_INDEX_URL, for instance, can name an index of CPU-only builds of torch.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: demo review-demo test fuzz lint types clean

demo: $(INSTALLED)
	@$(BIN)/geobfdt demo -o demo

# The page on which picks are reviewed, on the demo's well and its picks; Ctrl+C ends it, and the next time goes on there.
review-demo: $(INSTALLED)
	@test -f demo/well.h5 || $(BIN)/geobfdt demo -o demo
	@$(BIN)/geobfdt review demo/well.h5 --picks demo/well.picks.csv --picks truth=demo/well.h5 -o demo/review

# On all cores, a file of tests on one of them: what its tests share is made once.
test: $(INSTALLED)
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

# Reads a thousand damaged files with every reader, each within 10 s and 1 GB; kills every long command fifty times, and
# lets disks run full. Takes minutes.
fuzz: $(INSTALLED)
	@$(BIN)/python -m tests.fuzzing --count 1000
	@$(BIN)/python -m tests.breakdowns --count 50

lint: $(INSTALLED)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types: $(INSTALLED)
	@$(BIN)/mypy

clean:
	rm -rf .venv build dist demo fuzz-failures *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed anew whenever the dependencies may have changed; the code itself is used from where it lies.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "geobfdt needs Python 3.11 or newer: install it, or name one with make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make environments: install its venv module (python3-venv on Debian and Ubuntu)." >&2; exit 1; }
	@echo "Installing geobfdt and what it needs into .venv; torch is large, so the first time takes minutes."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@
