# Weir's two commands are `make demo` and `make test`. Every target says what it does and how long it may take,
# and does nothing twice. `make` alone lists them.

PREFIX ?= /usr/local
# On Linux the Swift runtime goes into the binary, so that it starts at once and runs without the toolchain.
STATIC := $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib,)
RELEASE := -c release --product weir $(STATIC)
SWIFT_FILES := Package.swift Sources Tests

# Continuous integration turns warnings into errors (Package.swift reads WEIR_STRICT).
ifeq ($(CI),true)
export WEIR_STRICT = 1
endif

.DEFAULT_GOAL := help
.PHONY: help demo test test-llm bench soak build release install format lint docs clean system system-test native

help: ## this list
	@echo "Weir: raw files to gated, published tables. Targets:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: release ## build, then run the flights example (10 minutes the first time, seconds after)
	@scripts/flights-data
	@scripts/demo

test: system-test native ## build and run all tests with real servers (20 minutes the first time)
	@echo "==> Building everything for the tests (10 minutes the first time, seconds after)"
	@swift build --build-tests
	@scripts/test-library
	@scripts/test

test-llm: system-test native ## test against a real language model on this machine (half an hour the first time)
	@scripts/llm setup
	@swift build --build-tests
	@scripts/llm test

soak: system-test native ## the kill test at all 200 instants (half an hour)
	@swift build --build-tests
	@WEIR_SOAK=1 scripts/test --filter EndToEnd

bench: release system-test ## measure against DuckDB by hand and the peers, write Benchmarks/RESULTS.md (an hour, 9 GB of disk)
	@for name in bench litellm wordllama peers gx soda dbt ydata; do scripts/venv $$name || exit; done
	@for name in weir-ai-bench weir-standin weir-search-bench weir-agent-bench; do swift build $(RELEASE:weir=$$name) || exit; done
	@Benchmarks/run

build: system native ## a debug build of everything
	@echo "==> Building (debug; 10 minutes the first time, seconds after)"
	@swift build

release: system native ## the release binary
	@echo "==> Building weir (release; 10 minutes the first time, seconds after)"
	@swift build $(RELEASE)

install: release ## install to PREFIX (default /usr/local); needs no checkout afterwards
	@scripts/install "$(PREFIX)"

format: ## format all Swift files
	@echo "==> Formatting (seconds)"
	@swift format --in-place --parallel --recursive $(SWIFT_FILES)

lint: ## check the format, as continuous integration does
	@echo "==> Checking the format (seconds)"
	@swift format lint --strict --parallel --recursive $(SWIFT_FILES)

docs: system native ## the library reference (DocC)
	@scripts/docs

clean: ## remove what was built and fetched, except .deps
	@echo "==> Removing .build, the flights data and warehouse, and benchmark data"
	@rm -rf .build Benchmarks/.work Examples/flights/data Examples/flights/.weir Examples/flights/site
	@rm -f Examples/flights/warehouse.duckdb Examples/flights/warehouse.duckdb.wal

system: ## the system packages for building
	@scripts/system

system-test:
	@scripts/system test

native: system ## DuckDB and its extensions into .deps
	@scripts/native
