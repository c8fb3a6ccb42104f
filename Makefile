# Two commands: `make app` serves the lab, `make test` tests it. Each installs what it needs into .venv first.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN = .venv/bin
PARALLEL = --numprocesses 2 --dist loadgroup

.PHONY: app class space pocket build/pocket train test test-rest test-all check audit format benchmark

app: .venv/app
	$(BIN)/streamlit run app.py

# For everyone in the same network; make class PORT=8502 takes another port.
class: .venv/app
	$(BIN)/python -m deploy.classroom $(PORT)

# The folder space/, to be uploaded to a Hugging Face Space; see the README.
space: .venv/app
	$(BIN)/python -m deploy.space

# The edition without a server: a folder for any host of static files; the second serves it at http://localhost:8600.
build/pocket: .venv/pocket
	$(BIN)/python -m deploy.pocket

pocket: build/pocket
	$(BIN)/python -m http.server 8600 --bind 127.0.0.1 --directory build/pocket

# TensorFlow and what else training needs, three times as much as the pages; then half a minute of training as a trial.
train: .venv/train
	$(BIN)/python train_models.py --smoke

# What a change is likely to break.
test: .venv/dev
	$(BIN)/pytest $(PARALLEL)

# The rest: kills, clusters, hostile pictures, the image of a container, every page at every width; not what needs nginx.
test-rest: .venv/dev
	$(BIN)/pytest $(PARALLEL) -m "slow and not nginx"

# Both in one go.
test-all: .venv/dev
	$(BIN)/pytest $(PARALLEL) -m "not nginx"

# Before a release, in a minute: style, types, every checkpoint by its hash, every page without an error.
check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m deploy.space
	$(BIN)/python -m deploy.pocket

# A report, which fails nothing: known weaknesses of the pinned packages. A mirror of the index often knows of none.
audit: .venv/dev .venv/audit
	-.venv/audit/bin/pip-audit --progress-spinner off --path $(wildcard .venv/lib/python3*/site-packages)

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmark: .venv/dev
	for script in benchmarks/*.py; do $(BIN)/python $$script; done

.venv/app: requirements-serve.txt constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -r requirements-serve.txt
	touch $@

.venv/pocket: requirements-pocket.txt .venv/app
	$(BIN)/pip install -r requirements-pocket.txt
	touch $@

.venv/train: requirements.txt .venv/app
	$(BIN)/pip install -r requirements.txt
	touch $@

.venv/audit: requirements-audit.txt
	$(PYTHON) -m venv $@
	$@/bin/pip install -r requirements-audit.txt
	touch $@

.venv/dev: requirements-dev.txt requirements-kaggle.txt requirements-pocket.txt requirements-ray.txt .venv/train
	$(BIN)/pip install -r requirements-dev.txt
	touch $@
