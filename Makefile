# `make demo` and `make test` do everything on a fresh machine: environment, installation, then the work itself.
# On Linux without an NVIDIA card torch comes from the index of its builds for the CPU, where that is reached and pip is
# given no other; make TORCH_INDEX= leaves it to pip, which brings gigabytes of CUDA. pip takes its settings as always.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
# Quiet, but for a line a package that is fetched: the first time takes minutes.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off
WHAT_IT_FETCHES := | { grep --line-buffered -oE '(Downloading [^ ]+[.](whl|gz) .*|Installing collected packages)' || true; }
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

.PHONY: demo review-demo test fuzz lint types docs dist release clean

demo: $(INSTALLED)
	@$(BIN)/geobfdt demo -o demo

# The page on which picks are reviewed, on the demo's well and its picks; Ctrl+C ends it, and the next time goes on there.
review-demo: $(INSTALLED)
	@test -f demo/well.h5 || $(BIN)/geobfdt demo -o demo
	@$(BIN)/geobfdt review demo/well.h5 --picks demo/well.picks.csv --picks truth=demo/well.h5 -o demo/review

# On all cores, a file of tests on one of them: what its tests share is made once. Those that are skipped say why.
test: $(INSTALLED)
	@$(BIN)/python -m pytest -q -rs -n auto --dist loadfile

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

# Warnings are errors, and the examples of the gallery are run.
docs: $(INSTALLED)
	@OMP_NUM_THREADS=1 $(BIN)/python -m sphinx -W --keep-going -q -b html -d docs/_build/doctrees docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The sdist, the wheel made of it, and the proof that the wheel made of the tree is the same.
dist: $(INSTALLED)
	@rm -rf build dist
	@$(BIN)/python -m build --outdir dist .
	@rm -rf build   # leftovers of deleted modules would be packed as well
	@$(BIN)/python -m build --wheel --outdir build/of-the-tree .
	@$(BIN)/python -m tests.wheels dist/*.whl build/of-the-tree/*.whl
	@$(BIN)/python -m twine check --strict dist/*
	@cd dist && sha256sum * | tee SHA256SUMS
	@rm -rf build

# All that a release needs but the tag and the upload: what every change must pass, and dist/ with what is uploaded.
release:
	@git diff --quiet HEAD || { echo "make release: something is not committed; commit it first." >&2; exit 1; }
	@grep -q '^\[project.urls\]' pyproject.toml || { echo "make release: pyproject.toml does not say where the project is \
	at home; give it [project.urls] with Homepage, Documentation, Issues and Changelog." >&2; exit 1; }
	@bash .ci/run
	@echo "Left to do, by hand: tag the commit v and the number, then twine upload dist/*.whl dist/*.tar.gz"

clean:
	rm -rf .venv build dist docs/_build docs/examples demo fuzz-failures *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Never fails: what it cannot do is left to pip.
define CPU_TORCH
if [ "$$(uname -s)" = Linux ] && [ ! -e /proc/driver/nvidia ] && [ -n "$(TORCH_INDEX)" ] \
  && [ -z "$$PIP_INDEX_URL$$PIP_EXTRA_INDEX_URL$$PIP_FIND_LINKS" ]; then \
  $(PIP) --timeout 5 --retries 0 --isolated --index-url "$(TORCH_INDEX)" \
    'torch>=2.6,<2.14' 'torchvision>=0.21,<0.29' 2>/dev/null $(WHAT_IT_FETCHES) \
  || echo "The index of torch for the CPU was not reached: pip finds one itself, which may bring CUDA."; \
fi
endef

# Installed anew whenever the dependencies may have changed; the code itself is used from where it lies.
$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "geobfdt needs Python 3.11 or newer: install it, or name one with make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make environments: install its venv module (python3-venv on Debian and Ubuntu)." >&2; exit 1; }
	@echo "Installing geobfdt and what it needs into .venv; torch is large, so the first time takes minutes."
	@$(PYTHON) -m venv .venv
	@$(CPU_TORCH)
	@$(PIP) -e '.[dev]' $(WHAT_IT_FETCHES)
	@touch $@
