# The commands of this project; `make help` lists them.
STACK ?= dev
ENVIRONMENT := .venv
PYTHON := $(ENVIRONMENT)/bin/python
REQUIREMENTS := requirements.txt requirements-dev.txt docker/hub/requirements.txt
LOCK := requirements.lock
DOCS := build/docs-environment
SITE := build/site

# Without cached bytecode, each program compiles its modules again: a preview a second, a test process five.
unexport PYTHONDONTWRITEBYTECODE

# Not from the environment, where CLUSTER may mean something else.
CLUSTER =

.DEFAULT_GOAL := help
.PHONY: help up new preview diff doctor url kubeconfig env cancel destroy down check test unit lint schema docs screenshots bench bench-rollout environment lock

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: environment ## start a hub, from a clone or any later state; prints its URL; CLUSTER=kind, local, current or a context
	@$(PYTHON) -m tools.local.deploy up --stack $(STACK) --cluster "$(CLUSTER)"

new: environment ## ask a few questions, and write Pulumi.<STACK>.yaml: make new STACK=prod
	@$(PYTHON) -m tools.new --stack $(STACK)

preview: environment ## show what `up` would change
	@$(PYTHON) -m tools.local.deploy preview --stack $(STACK)

diff: environment ## summary and objects that `up` would change; BASE=<revision>: compare the files here with it
	@$(PYTHON) -m tools.review diff --stack $(STACK) --base "$(BASE)"

doctor: environment ## look at the running hub, and say what is wrong and how to fix it; changes nothing
	@$(PYTHON) -m tools.doctor --stack $(STACK)

url: environment ## print the hub's URL
	@$(PYTHON) -m tools.local.deploy url --stack $(STACK)

kubeconfig: environment ## print the path of the kubeconfig in use
	@$(PYTHON) -m tools.local.deploy kubeconfig --stack $(STACK)

env: environment ## print environment variables for pulumi and kubectl on this stack: eval "$$(make env)"
	@$(PYTHON) -m tools.local.deploy environment --stack $(STACK)

cancel: environment ## unlock a stack whose pulumi was killed
	@$(PYTHON) -m tools.local.deploy cancel --stack $(STACK)

destroy: environment ## destroy the stack; its cluster goes on running
	@$(PYTHON) -m tools.local.deploy destroy --stack $(STACK)

down: environment ## destroy the stack, and the cluster that `up` started unless it has other hubs
	@$(PYTHON) -m tools.local.deploy down --stack $(STACK)

check: environment ## lint, types and the tests that need no cluster
	@$(MAKE) --no-print-directory -j2 lint unit

test: check ## every check: `check`, the real engine, and end to end with a browser on the local cluster
	@$(PYTHON) -m tools.local build || echo "The tests that need the local cluster will be skipped." >&2
	@$(PYTHON) -m pytest -n 4 --dist loadfile tests/engine tests/e2e

unit: environment
	@$(PYTHON) -m pytest -n 2 --dist worksteal tests/unit tests/policy

schema: environment ## write Pulumi.yaml's config, pages of docs/ and the schemas from settings, Makefile and examples
	@$(PYTHON) -m tools.schema

# An environment of its own, as no program or test needs Sphinx. All pages are read again: an incremental build does not
# repeat the warnings of unchanged ones.
docs: $(DOCS)/complete ## build the documentation site in build/site, strictly, and check its links
	@$(DOCS)/bin/python -m sphinx --builder html --fail-on-warning --keep-going --nitpicky --fresh-env --quiet \
	  --conf-dir docs . $(SITE)
	@$(DOCS)/bin/lychee --offline --include-fragments --no-progress --quiet '$(SITE)/**/*.html'
	@echo "$(SITE)/index.html"

screenshots: environment ## take the pictures of docs/images/ again, from hubs on the local cluster
	@WRITE_EXAMPLES=1 $(PYTHON) -m pytest $(shell grep --files-with-matches ' picture(' tests/e2e/test_*.py)

lint: environment
	@$(ENVIRONMENT)/bin/ruff format --check --quiet .
	@$(ENVIRONMENT)/bin/ruff check --quiet .
	@$(ENVIRONMENT)/bin/basedpyright

bench: environment ## measure times and memory; writes build/bench.json
	@$(PYTHON) -m tools.benchmarks

bench-rollout: environment ## measure interruptions by changes; writes build/rollout.json
	@$(PYTHON) -m tools.benchmarks.rollout

environment: $(ENVIRONMENT)/complete

$(ENVIRONMENT)/complete: $(REQUIREMENTS) $(LOCK)
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: Python 3.11 or newer is needed, and python3 is $$(python3 --version)" >&2; exit 1; }
	@echo "Installing the Python environment ($(ENVIRONMENT))" >&2
	@python3 -m venv --clear $(ENVIRONMENT)
	@$(ENVIRONMENT)/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c $(LOCK)
	@touch $@

$(DOCS)/complete: requirements-docs.txt requirements-docs.lock
	@python3 -m venv --clear $(DOCS)
	@$(DOCS)/bin/pip install --quiet --disable-pip-version-check -r requirements-docs.txt -c requirements-docs.lock
	@touch $@

# With the oldest Python, as some packages have more dependencies there. At least a week old: most bad releases are
# withdrawn by then. Versions pinned in docker/hub/requirements.txt are not repeated.
lock: ## update the lock files to the newest versions that the ranges allow; needs Python 3.11
	@python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
	  echo "error: the lock is made with Python 3.11, and python3 is $$(python3 --version)" >&2; exit 1; }
	$(call write_lock,requirements-dev.txt,$(LOCK))
	$(call write_lock,requirements-docs.txt,requirements-docs.lock)

define write_lock
@python3 -m venv --clear build/lock
@build/lock/bin/pip install --quiet --disable-pip-version-check --upgrade 'pip>=26.1'
@build/lock/bin/pip install --quiet --uploaded-prior-to P7D -r $(1)
@{ echo "# The set that was tested; made by: make lock"; \
  build/lock/bin/pip freeze --exclude-editable | grep -vxFf docker/hub/requirements.txt; } > $(2)
@rm -r build/lock
endef
