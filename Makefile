# zhihui: `make run` opens the console on a demo street, `make test` proves it. Needs python3 (3.11+), python3-venv and make.

VENV   := .venv
PYTHON := $(VENV)/bin/python
PIP    := $(PYTHON) -m pip --disable-pip-version-check --no-input
# What to test and how: `make test T=tests/core ARGS=-x`
T      := tests
ARGS   :=
# Two more than there are cores: many tests wait for a terminal, a server or a clock.
JOBS   := $(shell expr $$(nproc 2>/dev/null || echo 1) + 2)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev run test lint types arrows format bench simulate soak fuzz crash screenshots licences lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## virtual environment in .venv with the locked dependencies and the program
setup-dev: $(VENV)/.installed-dev ## the same with what tests and checks need

run: setup ## open the console on a demo street
	@$(VENV)/bin/zhihui demo

test: setup-dev ## run every test
	@command -v tmux >/dev/null 2>&1 || echo "note: tmux is not installed (sudo apt install tmux); the tests that need it say so and are skipped"
	@command -v screen >/dev/null 2>&1 || echo "note: screen is not installed (sudo apt install screen); the tests that need it say so and are skipped"
	@command -v sshd >/dev/null 2>&1 || [ -x /usr/sbin/sshd ] || echo "note: sshd is not installed (sudo apt install openssh-server); the tests that need it say so and are skipped"
	$(PYTHON) -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder $(T) $(ARGS)

lint: setup-dev ## style and likely bugs
	$(PYTHON) -m ruff check .

format: setup-dev ## put imports and layout in order
	$(PYTHON) -m ruff check --select I --fix .
	$(PYTHON) -m ruff format .

types: setup-dev ## types: strict on core and data
	$(PYTHON) -m mypy

arrows: setup-dev ## console → core → data, and nothing upwards
	$(VENV)/bin/lint-imports

bench: setup-dev ## ratios on 1,000 to 5,000,000 tickets, against the last run
	$(PYTHON) -m tests.bench

SEEDS  := 3
DAYS   := 1
simulate: setup-dev ## a whole centre by seeds, with faults: SEEDS=3 DAYS=1
	$(PYTHON) -m tests.simulator --seeds $(SEEDS) --days $(DAYS)

MINUTES := 60
soak: setup-dev ## every fault class in turn, then a table: MINUTES=60
	$(PYTHON) -m tests.soak --minutes $(MINUTES)

SECONDS := 60
fuzz: setup-dev ## every reader of bytes from outside under a coverage-guided fuzzer: SECONDS=60 for each
	$(PYTHON) -m tests.fuzz --seconds $(SECONDS)

CRASH  :=
crash: setup-dev ## kill -9 at every write, power cuts, failing disks, frozen engines (needs cc): CRASH="--seed 7 --only kill"
	$(PYTHON) -m tests.crash $(CRASH)

screenshots: setup-dev ## the pictures of the documentation, in both languages
	$(PYTHON) -m tests.pictures

licences: setup-dev ## what the installed packages say of their licences
	$(PYTHON) -m tests.architecture.licences

# The three locks hold every file of a release, so one set serves each platform and Python from 3.11 on.
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet
lock: ## renew the locks (needs uv); UPGRADE=--upgrade takes newer releases
	$(COMPILE) $(UPGRADE) -o requirements.lock pyproject.toml
	$(COMPILE) $(UPGRADE) -o requirements-build.lock --group build
	$(COMPILE) $(UPGRADE) -c requirements.lock -c requirements-build.lock -o requirements-dev.lock --group dev

clean: ## remove the virtual environment and what tools leave behind
	rm -rf $(VENV) .demo build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis snapshot_report.html
	find console core data themes tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON):
	@python=; for try in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$try -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$try; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "zhihui needs Python 3.11 or newer:  sudo apt install python3 python3-venv" >&2; \
		echo "zhihui 需要 Python 3.11 或更新版本:  sudo apt install python3 python3-venv" >&2; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo "Python cannot make virtual environments yet:  sudo apt install python3-venv" >&2; \
		echo "Python 还不能创建虚拟环境，请先安装:  sudo apt install python3-venv" >&2; exit 1; \
	fi; \
	$$python -m venv --clear $(VENV)

$(VENV)/.installed: requirements.lock requirements-build.lock pyproject.toml | $(PYTHON)
	@echo "Installing the locked dependencies into $(VENV) · 正在安装依赖" >&2
	@$(PIP) install --quiet --require-hashes --prefer-binary -r requirements.lock -r requirements-build.lock
	@$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what tests and checks need · 正在安装测试工具" >&2
	@$(PIP) install --quiet --require-hashes --prefer-binary -r requirements-dev.lock
	@touch $@
