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
simulate: ## Desktops and a server, random histories (SEEDS=20000 FIRST=1; MUTANT=3: must be found; ARGS="--desk": one desk)
	@scripts/release-tool simulate $(ARGS) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST)) $(if $(MUTANT),--mutant $(MUTANT))
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
