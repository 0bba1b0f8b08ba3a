# Everything a fresh Debian machine with a Swift 6.3 toolchain needs: `make demo` and `make test`.

SWIFT ?= swift
BUILD_FLAGS ?= --explicit-target-dependency-import-check error
# Swift's own libraries go into the release binaries where the toolchain has them: no Swift runtime to install, and the
# simulation takes 7 % less time.
STATIC := $(shell test -d "$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/../lib/swift_static/linux" \
	&& echo --static-swift-stdlib)
RELEASE := $(SWIFT) build -c release $(STATIC)
TOOLS := .build/tools
PYTHON := $(TOOLS)/venv/bin/python
PACKAGES := libcurl4-openssl-dev libsqlite3-dev libsimdjson-dev pkg-config python3-venv tzdata

.PHONY: demo test build release deps tools lint format check bench clean

demo: deps
	@$(RELEASE) --product relais
	@.build/release/relais demo

test: deps tools lint
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	$(RELEASE) --product relais $(BUILD_FLAGS)
	$(RELEASE) --product relais-cases $(BUILD_FLAGS)
	$(RELEASE) --product relais-sim $(BUILD_FLAGS)
	.build/release/relais check --workspace .
	.build/release/relais-cases
	RELAIS_BINARY=$(abspath .build/release/relais) RELAIS_AIOSMTPD=$(abspath $(PYTHON)) Tests/run

build: deps
	$(SWIFT) build $(BUILD_FLAGS)

release: deps
	$(RELEASE) $(BUILD_FLAGS)

bench: deps
	$(RELEASE) --product relais-bench
	.build/release/relais-bench pull --contacts 100000

# Installs the system packages that are missing, and does nothing when all are there.
deps:
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

# A real SMTP server for the mail tests; RELAIS_AIOSMTPD names the Python that has it.
tools: $(TOOLS)/venv/.ready
$(TOOLS)/venv/.ready:
	@mkdir -p $(TOOLS)
	python3 -m venv $(TOOLS)/venv
	$(TOOLS)/venv/bin/pip install -q 'aiosmtpd==1.4.6'
	@touch $@

lint:
	$(SWIFT) format lint --strict -r Package.swift Sources Tests Benchmarks

format:
	$(SWIFT) format format -i -r Package.swift Sources Tests Benchmarks

clean:
	rm -rf .build
