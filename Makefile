# Two commands: `make report` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
SCENARIO ?= default
INPUTS ?= data/raw
CORES ?= all
A ?= default
RUN ?= $(SCENARIO)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/tools
CLUSTER := $(VENV)/cluster
WITH_TOOLS := PYTHONPATH=$(CURDIR):$(CURDIR)/$(TOOLS)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes
export PYTHONPATH := $(CURDIR)
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
# libraries are compiled as jobs first import them: kept, or each of some thirty jobs would compile pandas anew
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help report pdf gallery test bench lint format clean faults lock test-locks sbom calibrate versions verify
.PHONY: cluster scenario sensitivity compare trace run-report

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 12

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Say: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV) from requirements.lock (once, about a minute)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -r requirements.lock
	@touch $(READY)

# beside the product's own libraries and not among them: pandera loads every kind of table it finds installed, and a run
# with linopy's company in sight takes a second and a half longer in each of its jobs
$(TOOLS)/.ready: $(READY) tests/requirements.lock
	@echo "Adding what only checks and measurements need, from tests/requirements.lock (once, half a minute)"
	@rm -rf $(TOOLS)
	@$(INSTALL) --target $(TOOLS) -r tests/requirements.lock
	@touch $@

# what runs beyond one machine: Snakemake's plugins for SLURM, Kubernetes and object storage
$(CLUSTER)/.ready: $(READY) workflow/profiles/requirements.lock
	@echo "Adding what runs beyond one machine, from workflow/profiles/requirements.lock (once, some seconds)"
	@rm -rf $(CLUSTER)
	@$(INSTALL) --target $(CLUSTER) -r workflow/profiles/requirements.lock
	@touch $@

cluster: $(CLUSTER)/.ready ## Add Snakemake's plugins for SLURM and Kubernetes: see workflow/README.md

report: $(READY) ## Make the report of SCENARIO= (default), from INPUTS= where the scenario reads files
	@$(BIN)/python workflow/run.py report --scenario "$(SCENARIO)" --inputs "$(INPUTS)" --cores "$(CORES)"

pdf: $(READY) ## The brief of a finished SCENARIO= as PDF, both languages (needs Chromium; says so where there is none)
	@$(BIN)/python workflow/print_brief.py --scenario "$(SCENARIO)"

gallery: $(TOOLS)/.ready ## Pictures of the default report's pages, those that changed (needs Chromium)
	@$(WITH_TOOLS) $(BIN)/python tests/browser/take_gallery.py

test: $(TOOLS)/.ready $(CLUSTER)/.ready ## All checks: format, types, import rules, tests, golden run
	@$(WITH_TOOLS) $(BIN)/python workflow/check.py

lint: $(TOOLS)/.ready ## Format and style only
	@$(WITH_TOOLS) $(BIN)/python workflow/check.py --style

format: $(TOOLS)/.ready ## Write the agreed format into the files
	@$(TOOLS)/bin/ruff format -q . && $(TOOLS)/bin/ruff check -q --fix . && $(WITH_TOOLS) $(TOOLS)/bin/snakefmt Snakefile workflow/rules

bench: $(TOOLS)/.ready ## Measure and write data/results/bench.csv
	@$(WITH_TOOLS) $(BIN)/python workflow/bench.py --inputs "$(INPUTS)"

faults: $(TOOLS)/.ready ## Do harm to runs of `minimal` (kills, full disk, damaged files ...); the tables must come out the same
	@$(WITH_TOOLS) $(BIN)/python tests/faults/run_faults.py --out tests/faults/faults.csv

sensitivity: $(READY) ## What moves the outcome of each scheme of SCENARIO=, and which scheme would be best (minutes)
	@$(BIN)/python workflow/run.py sensitivity --scenario "$(SCENARIO)" --inputs "$(INPUTS)" --cores "$(CORES)"

run-report: $(TOOLS)/.ready ## The report with Snakemake's own report of the run of SCENARIO= beside it
	@$(BIN)/python workflow/run.py run-report --scenario "$(SCENARIO)" --inputs "$(INPUTS)" --cores "$(CORES)"

compare: $(READY) ## Put two finished scenarios side by side: A=default B=tax_relief (VIA=one,two: runs between, in order)
	@$(BIN)/python workflow/scripts/compare_scenarios.py "$(A)" "$(B)" --via "$(VIA)"

scenario: $(READY) ## Begin a scenario of your own: NAME=my_case
	@$(BIN)/python workflow/new_scenario.py "$(NAME)"

trace: $(READY) ## Say where a number of SCENARIO= comes from: NUMBER="29 MW" or NUMBER=headlines:firm_discharge_mw:SE:value
	@$(BIN)/python workflow/scripts/trace_number.py "$(NUMBER)" --scenario "$(SCENARIO)"

calibrate: $(READY) ## Recompute the committed statistics from INPUTS=../shared/real
	@$(BIN)/python workflow/run.py calibrate --inputs "$(INPUTS)" --cores "$(CORES)"

versions: $(READY) ## Add the files of INPUTS=../shared/real that are new to data/versions.csv, the list of what was read
	@$(BIN)/python workflow/run.py versions --inputs "$(INPUTS)" --cores "$(CORES)"

verify: $(READY) ## Hold RUN= (scenario, or a folder) against its record, then compute it again; QUICK=1: the files only
	@$(BIN)/python workflow/verify.py "$(RUN)" --inputs "$(INPUTS)" --cores "$(CORES)" $(if $(QUICK),--quick) $(if $(KEEP),--keep "$(KEEP)")

# a second lock holds only what the first does not: `greenlet` is in the first for some machines only
BESIDE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements.lock \
  $$(sed -nE '$(1); s/^([a-z0-9-]+)==.*/--no-emit-package \1/p' requirements.lock) pyproject.toml

# the newest and the oldest of what pyproject.toml admits, product and test tools together; only `make test-locks` installs them
EITHER_END = uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --resolution $(1) --extra dev pyproject.toml -o tests/locks/$(2).lock

lock: $(READY) ## Write the locks anew from pyproject.toml (needs uv); then make sbom
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	$(call BESIDE,/^greenlet=/d) --extra dev -o tests/requirements.lock
	$(call BESIDE,) --extra cluster -o workflow/profiles/requirements.lock
	$(call EITHER_END,highest,newest)
	$(call EITHER_END,lowest-direct,oldest)

test-locks: $(TOOLS)/.ready ## Tests and `minimal` on the newest and the oldest versions (FOLDER= keeps the environments; minutes)
	@$(BIN)/python workflow/run.py report --scenario minimal --cores "$(CORES)"
	@$(WITH_TOOLS) $(BIN)/python tests/locks/try_locks.py $(if $(FOLDER),--folder "$(FOLDER)")

sbom: $(TOOLS)/.ready $(CLUSTER)/.ready ## Write sbom.cdx.json and licences.csv anew from the locks
	@$(WITH_TOOLS) $(BIN)/python workflow/sbom.py

clean: ## Remove everything that is generated, keep the environment
	rm -rf data/interim data/results reports/build logs .snakemake .lock
