# One front door. `make help` lists the targets.

BUILD ?= build
BUILD_TYPE ?= Release
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
# Folders of tests that `make sanitize` builds and runs.
SANITIZE_PARTS ?= base architecture parameters engine data training profile search statistics \
  surrogate proxy plugin search_spaces results cli
# More arguments for the default run, such as ARGS='--trials 20'.
ARGS ?=

CONFIGURE = cmake -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=$(BUILD_TYPE) -DCMAKE_INSTALL_PREFIX=$(PREFIX)

.PHONY: help run test test-full test-debian13 build install package format lint sanitize bench bench-peers race clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## install what is missing, build, search on Fashion-MNIST
	$(BUILD)/nas run --strategy evolution --space mbconv $(ARGS)

test: packages-build packages-test packages-package ## install what is missing, build, run the tests
	@$(CONFIGURE) -S . -B $(BUILD) -DNAS_BUILD_TESTS=ON
	cmake --build $(BUILD) -j $(JOBS)
	ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

test-full: test ## the same, and 200 networks of every search space where `make test` has four
	NAS_TEST_SAMPLES=200 $(BUILD)/tests/test_search_spaces "every space*"

test-debian13: ## run the tests in a Debian 13, made beside the build folder (root, network, half an hour)
	.ci/debian13 $(BUILD)-debian13 make -C /src test BUILD=/build JOBS=$(JOBS) BUILD_TYPE=$(BUILD_TYPE)

build: packages-build ## build the program and its plugins
	@$(CONFIGURE) -S . -B $(BUILD) -DNAS_BUILD_TESTS=OFF
	cmake --build $(BUILD) -j $(JOBS)

install: build ## install to PREFIX (/usr/local)
	cmake --install $(BUILD)

package: build packages-package ## build a Debian package, BUILD/nas_VERSION_ARCHITECTURE.deb
	cd $(BUILD) && cpack --config CPackConfig.cmake

format: packages-lint ## format the sources
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 -i

lint: packages-build packages-test packages-lint ## check format, layering, and clang-tidy's findings
	.ci/check-format
	.ci/check-layering
	.ci/check-readme
	@$(CONFIGURE) -S . -B $(BUILD)-lint -DNAS_BUILD_TESTS=OFF -DNAS_BUILD_IN_BATCHES=OFF
	@sed -i 's/ -fno-predictive-commoning//' $(BUILD)-lint/compile_commands.json  # Clang knows no such flag
	git ls-files 'core/*.cpp' 'plugins/*.cpp' 'results/*.cpp' 'search_spaces/*.cpp' 'cli/*.cpp' \
	  | grep -v '^plugins/template/' | xargs -P $(JOBS) -n 4 clang-tidy-14 --quiet --extra-arg=-Wno-unknown-pragmas -p $(BUILD)-lint

sanitize: packages-build packages-test ## run the tests (of SANITIZE_PARTS) under AddressSanitizer and UBSan
	@cmake -G Ninja --log-level=WARNING -S . -B $(BUILD)-sanitize -DCMAKE_BUILD_TYPE=RelWithDebInfo \
	  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" -DNAS_SANITIZE=address,undefined
	cmake --build $(BUILD)-sanitize -j $(JOBS) --target $(SANITIZE_PARTS:%=test_%)
	NAS_TEST_SAMPLES=1 LSAN_OPTIONS=suppressions=$(CURDIR)/.ci/leaks:print_suppressions=0 \
	  UBSAN_OPTIONS=print_stacktrace=1 ctest --test-dir $(BUILD)-sanitize --output-on-failure \
	  -j $(JOBS) --no-tests=error -R '^($(shell echo $(SANITIZE_PARTS) | tr ' ' '|')):'

bench: build packages-test packages-bench ## measure ops, start-up, overhead, spaces, surrogates, a second job (10 minutes)
	@$(CONFIGURE) -S . -B $(BUILD) -DNAS_BUILD_TESTS=ON -DNAS_BUILD_BENCHMARKS=ON
	cmake --build $(BUILD) -j $(JOBS) --target nas_op_bench nas_surrogate_bench
	$(BUILD)/tests/nas_op_bench
	$(BUILD)/tests/nas_surrogate_bench $(BUILD)/plugins
	tests/bench/run $(BUILD)/nas

bench-peers: packages-build packages-test packages-peers ## measure speed and memory beside PyTorch (15 minutes)
	@$(CONFIGURE) -S . -B $(BUILD) -DNAS_BUILD_TESTS=ON
	cmake --build $(BUILD) -j $(JOBS) --target nas_network_bench
	@/usr/bin/python3 tests/peers/bench_networks.py $(BUILD)/tests/nas_network_bench
	@/usr/bin/python3 tests/peers/bench_networks.py $(BUILD)/tests/nas_network_bench --precision bf16 --threads 1

race: packages-build packages-test ## strategies beside published results, on the tables in TABLES=DIR (minutes)
	@test -d "$(TABLES)" || { echo "make race TABLES=DIR: the folder of the tables"; exit 2; }
	@$(CONFIGURE) -S . -B $(BUILD) -DNAS_BUILD_TESTS=ON
	cmake --build $(BUILD) -j $(JOBS) --target nas_race nas_cli
	$(BUILD)/tests/nas_race $(BUILD)/nas "$(TABLES)"

clean: ## remove what was built
	rm -rf $(BUILD) $(BUILD)-lint $(BUILD)-sanitize $(BUILD)-debian13

packages-%:
	@.ci/install-packages $*
