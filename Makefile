# Everything runs in .venv, which each target first sets up or brings up to date: see tools/bootstrap.py.

PYTHON ?= python3
CHECKED = protocol cloud installer simulator firmware tests tools $(wildcard bench/*.py)

.PHONY: setup demo test lint mutants search bugs fuzz

setup:
	@$(PYTHON) tools/bootstrap.py

demo: setup
	@.venv/bin/hemlarm demo

test: setup
	@.venv/bin/python -m pytest --quiet --numprocesses=3 --dist=worksteal

lint: setup
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy $(CHECKED)
	@.venv/bin/mypy --config-file firmware/typings/mypy.ini
	@.venv/bin/mypy --config-file firmware/typings/esp32.ini
	@.venv/bin/mypy --config-file firmware/typings/rp2.ini

# Takes minutes, so it is no part of the tests: see docs/mutation-survivors.md.
mutants: setup
	@.venv/bin/python tools/mutate.py

# Looks for what must never happen with ever new examples, for some ten minutes.
search: setup
	@.venv/bin/python -m pytest --quiet --hypothesis-profile=search tests/host/test_panel_properties.py tests/host/test_panel_duress_properties.py

# Millions of inputs for what reads a stranger's bytes, for about an hour; see tools/fuzz.py for fewer.
fuzz: setup
	@.venv/bin/python -m pip install --quiet --require-hashes --requirement requirements-fuzz.lock
	@.venv/bin/python tools/fuzz.py

# Plants bugs and shows that the explorer finds them, for some ten minutes: see docs/explorer.md.
bugs: setup
	@.venv/bin/python tools/plant_bugs.py
