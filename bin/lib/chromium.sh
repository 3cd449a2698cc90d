# Sourced by bin/test: makes sure there is a Chromium that starts. One that belongs to the system is
# named in SUPPORTDESK_TEST_CHROMIUM; Playwright finds its own.

source "$(dirname "${BASH_SOURCE[0]}")/installing.sh"

# The headless shell draws no toolbar of its own, and opens a page with a third of the processor time.
find_headless_shell() { first_that_starts chromium-headless-shell; }

find_system_chromium() {
    first_that_starts chromium chromium-browser google-chrome-stable google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"
}

playwright_chromium_starts() {
    .venv/bin/python - >/dev/null 2>&1 <<'PYTHON'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
PYTHON
}

# Says where a Chromium is; nothing for Playwright's own.
obtain_chromium() {
    find_headless_shell && return
    playwright_chromium_starts && return
    echo "Installing Chromium for the tests ..." >&2
    within_two_minutes .venv/bin/playwright install --only-shell chromium >/dev/null 2>&1 || true
    playwright_chromium_starts && return
    install_from_debian chromium-headless-shell && find_headless_shell && return
    find_system_chromium && return
    install_from_debian chromium && find_system_chromium
}

if [ -z "${SUPPORTDESK_TEST_CHROMIUM:-}" ]; then
    SUPPORTDESK_TEST_CHROMIUM=$(obtain_chromium) ||
        fail "The tests need Chromium; install it and run bin/test again."
    export SUPPORTDESK_TEST_CHROMIUM
fi
