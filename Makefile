# What one types in a day. Everything installs what it needs by itself (scripts/setup).
SHELL := bash
.NOTPARALLEL:
.DEFAULT_GOAL := help

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: run serve
run: ## Build Docket and open the desktop app (PROFILE=release: smaller and faster, longer to build)
	@scripts/run
serve: ## Build Docket and serve the desk to browsers on this computer
	@scripts/run serve

.PHONY: test check accept
test: ## Run every test; leaves nothing running
	@scripts/test
check: ## Format, lint, types, documentation, spelling
	@scripts/check
accept: ## Take the new snapshots and the API types that follow from them
	@scripts/accept

.PHONY: bench simulate soak audit
bench: ## Measure, and print JSON
	@scripts/release-tool bench $(ARGS)
simulate: ## Random histories from a printed seed, for longer than the tests (ARGS="--seed 1")
	@scripts/release-tool simulate $(ARGS)
soak: ## Kill the desk 1,000 times while mail comes and goes
	@scripts/release-tool soak $(ARGS)
audit: ## Known weaknesses, licences and unused dependencies (needs cargo-deny and cargo-machete)
	@scripts/audit

.PHONY: bundle icons screenshots clean
bundle: ## Build the .deb and the .rpm
	@scripts/bundle
icons: ## Draw the icons again from icons/*.svg
	@icons/generate
screenshots: ## Take the README's pictures again
	@DOCKET_SCREENSHOTS="$(CURDIR)/docs/screenshots" scripts/test screenshots
clean: ## Remove what was built for the page, and the artefacts (cargo's folder is shared: it stays)
	@rm -rf ui/dist ui/node_modules ui/src/lib/paraglide artefacts
