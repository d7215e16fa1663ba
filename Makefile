# make demo: the timeline of a recorded incident.   make test: the tests, in a few minutes.   make test-all: all of them.
# Both make .venv and install the package there; nothing else on the machine is touched.

PYTHON ?= python3
BIN := .venv/bin
INCIDENT := fixtures/checkout-incident.zip
PYTEST := $(BIN)/pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

# Where it is set, every worker and every command that is tested would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all lint format bench bench-incidents wheel-check fuzz incidents record record-evidence openapi npm-tools clean

demo: .venv/installed
	@$(BIN)/pm-timeline --replay $(INCIDENT)

test: .venv/installed-dev
	$(PYTEST)

test-all: .venv/installed-dev openapi npm-tools
	$(PYTEST) -m 'not bench' --hypothesis-profile=thorough

lint: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Nothing runs beside what goes by the clock on the wall; the others count processor time, or no time at all.
CLOCKED := $(addprefix tests/bench/,test_scale.py test_side_by_side.py test_startup.py)
bench: .venv/installed-dev
	$(BIN)/pytest -m bench --capture=no --quiet $(CLOCKED)
	$(BIN)/pytest -m bench -rP --quiet --numprocesses=2 --dist=loadfile $(filter-out $(CLOCKED),$(wildcard tests/bench/test_*.py))

# Builds the wheel and the sdist, and tests the wheel where nothing else is installed.
wheel-check: .venv/installed-dev
	$(BIN)/python -m tests.wheel

# Changes every recorded answer at random, 10,000 times, and prints what breaks; with COUNT= and SEED= another number.
COUNT ?= 10000
SEED ?= 1
fuzz: .venv/installed-dev
	$(BIN)/python -m tests.fuzz $(COUNT) $(SEED)

# How well each incident of fixtures/incidents is read, and all gates on them in full.
bench-incidents: .venv/installed-dev
	$(BIN)/python -m tests.incidents.measure -v
	PM_TIMELINE_WHOLE=1 $(BIN)/pytest -m 'not bench' --hypothesis-profile=thorough tests/incidents tests/postmortem/test_new.py

# Makes the bundles of fixtures/incidents again, on a real API server and a real Prometheus; takes some minutes.
incidents: .venv/installed-dev
	$(BIN)/python -m tests.incidents

# The vendors' published descriptions of their APIs, against which the tests hold requests and payloads. That of Argo CD
# is in no package registry: where its repository cannot be reached, the tests that need it are skipped.
openapi: .cache/github-openapi/package/generated/api.github.com.json
	@$(MAKE) --no-print-directory .cache/argocd-openapi/swagger.json || echo "Argo CD's description cannot be fetched"

.cache/github-openapi/package/generated/api.github.com.json:
	mkdir -p .cache/github-openapi
	cd .cache/github-openapi && npm pack --silent @octokit/openapi@23.0.2 && tar -xzf octokit-openapi-*.tgz package/generated/api.github.com.json && rm octokit-openapi-*.tgz

ARGOCD := argoproj/argo-cd/37ee0097cf851bc2dd7665fc081bbce61a7e836e/assets/swagger.json
.cache/argocd-openapi/swagger.json:
	@mkdir -p $(@D)
	@curl --fail --silent --max-time 60 --output $@ https://raw.githubusercontent.com/$(ARGOCD)

# What reads our output again in the tests: Mermaid's parser, Axe, prettier, an HTML validator.
npm-tools: .cache/npm-tools/installed

.cache/npm-tools/installed: tests/npm-packages.txt
	mkdir -p .cache/npm-tools
	cd .cache/npm-tools && npm install --silent --no-audit --no-fund --prefix . $$(cat ../../tests/npm-packages.txt)
	@touch $@

# Plays the incident again on a real control plane; takes about ten minutes.
record: .venv/installed-dev
	$(BIN)/python -m tests.incident.record fixtures/checkout-incident
	$(BIN)/python -m tests.incident.demo

# Plays the play of tests/evidence again, of which every source reports; takes two minutes.
record-evidence: .venv/installed-dev
	$(BIN)/python -m tests.evidence.kept

clean:
	rm -rf .venv .cache build dist *.egg-info

.venv/bin/pip:
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

# uv installs in seconds what takes pip minutes; pip is there for whoever's index or proxy only pip knows.
define install
	$(BIN)/pip install --quiet 'uv>=0.5' && $(BIN)/uv pip install --quiet --python .venv --editable '$(1)' \
	  || $(BIN)/pip install --quiet --editable '$(1)'
endef

.venv/installed: .venv/bin/pip pyproject.toml
	$(call install,.)
	@touch $@

.venv/installed-dev: .venv/bin/pip pyproject.toml
	$(call install,.[dev])
	@$(BIN)/python -m compileall -q -j 0 collector sources cli pm_timeline
	@touch $@ .venv/installed
