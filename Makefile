# The front door. `make help` lists what there is; everything else is CMake and scripts/.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
export SPOOR_TEST_DATA ?= $(if $(wildcard ../shared/data),$(realpath ../shared/data))

.PHONY: help setup demo demo-s3 build dev test check bench soak fuzz interop arm64 install dist clean

help:
	@echo "make setup     install what is missing (packages, the SQL engine)"
	@echo "make demo      make a sample trail, ingest it, hunt in it, ask it questions, run the service"
	@echo "make demo-s3   the same through an S3 server: collect, verify, break a log, verify again"
	@echo "make build     the release binary: build/release/spoor"
	@echo "make test      unit and flow tests; T=decode/record or T=flow/kill runs one"
	@echo "make check     all checks, the tests under sanitizers, a little fuzzing, interop"
	@echo "make bench     measure against the ceiling, in one run"
	@echo "make soak      a service under load, killed at random, for MINUTES (30), and what came of it"
	@echo "make fuzz      fuzz each target for FUZZ_SECONDS (60)"
	@echo "make interop   read the lake with pyiceberg"
	@echo "make arm64     run decode's tests for arm64 under qemu"
	@echo "make install   into PREFIX ($(PREFIX))"
	@echo "make dist      tarball and .deb in dist/"

setup:
	@scripts/setup

build: setup
	@cmake --preset release > build-release.log 2>&1 || { cat build-release.log; exit 1; }
	@rm -f build-release.log
	@ninja -C build/release -j $(JOBS)

dev: setup
	@cmake --preset dev > /dev/null
	@ninja -C build/dev -j $(JOBS)

demo: build
	@scripts/demo

demo-s3: build
	@scripts/setup s3
	@scripts/demo-s3

test: dev
	@scripts/run-tests dev $(T)

check:
	@scripts/setup check
	@scripts/check

bench: build
	@scripts/bench

soak: build
	@scripts/soak $(or $(MINUTES),30)

fuzz:
	@scripts/setup check
	@scripts/fuzz $(or $(FUZZ_SECONDS),60)

arm64:
	@scripts/arm64

interop: build
	@scripts/interop || [ $$? -eq 77 ]

install: build
	@cmake --install build/release --prefix $(PREFIX)
	@scripts/install-docs build/release/spoor $(PREFIX)

dist: build
	@scripts/dist

clean:
	@rm -rf build dist demo demo-s3
