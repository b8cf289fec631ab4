PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check
SYSTEM_PACKAGES := packaging/linux/install_system_packages.sh

# The stamps carry a checksum of what they installed: nothing is done again until a lock file changes.
checksum = $(shell cat $(1) pyproject.toml | cksum | cut -d' ' -f1)
RUN_STAMP := $(VENV)/.run-$(call checksum,requirements.lock)
DEV_STAMP := $(VENV)/.dev-$(call checksum,requirements-dev.lock)

# Several test processes pay off as long as each has a core of its own.
TEST_PROCESSES ?= 2
PYTEST := $(PY) -m pytest
XVFB := QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 1600x1000x24"

SAMPLE_REQUEST := Review this project: find bugs, security problems and missing tests, and say what to fix first

.PHONY: run test lint bench lock clean

run: $(RUN_STAMP)
	@$(SYSTEM_PACKAGES) run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		exec $(PY) -m maos_desktop; \
	else \
		echo "There is no display here, so the sample project is worked on in the terminal, in rehearsal."; \
		exec $(PY) -m maos_desktop run "$(SAMPLE_REQUEST)" \
			--project resources/sample_project --yes --rehearsal; \
	fi

test: lint
	@$(SYSTEM_PACKAGES) test
	$(PYTEST) -q -n $(TEST_PROCESSES) --dist worksteal -m "not window"
	$(XVFB) $(PYTEST) -q -m window

lint: $(DEV_STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

bench: $(DEV_STAMP)
	@$(SYSTEM_PACKAGES) test
	$(PY) -m tests.benchmarks

# Writes both lock files anew, for every supported Python and system.
lock: $(PY)
	$(PIP_INSTALL) uv
	printf 'hatchling\neditables\n' | $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		pyproject.toml - -o requirements.lock
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		pyproject.toml requirements.lock --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A Python without ensurepip (Debian's own, as installed) can still make the folder; its pip then fills it.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "MAOS Desktop needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || \
		{ $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(PY) install --quiet pip; }

$(RUN_STAMP): | $(PY)
	@echo "Installing Python packages into $(VENV) ..."
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.run-* && touch $@

$(DEV_STAMP): | $(PY)
	@echo "Installing Python packages into $(VENV) ..."
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.run-* $(VENV)/.dev-* && touch $@ $(RUN_STAMP)
