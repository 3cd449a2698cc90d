# Sourced by bin/test: makes sure there is a Chromium that starts. One that belongs to the system is
# named in SUPPORTDESK_TEST_CHROMIUM; Playwright finds its own.

find_system_chromium() {
    local candidate
    for candidate in chromium chromium-browser google-chrome-stable google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if command -v "$candidate" >/dev/null && "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

playwright_chromium_starts() {
    .venv/bin/python - >/dev/null 2>&1 <<'PYTHON'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    playwright.chromium.launch(args=["--no-sandbox"]).close()
PYTHON
}

# macOS has no `timeout`.
within_two_minutes() {
    if command -v timeout >/dev/null; then timeout 120 "$@"; else "$@"; fi
}

install_system_chromium() {
    local as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    command -v apt-get >/dev/null || return 1
    $as_root apt-get update -qq && $as_root apt-get install -y -qq chromium >/dev/null
}

ensure_chromium() {
    local found
    [ -z "${SUPPORTDESK_TEST_CHROMIUM:-}" ] || return 0
    if found=$(find_system_chromium); then
        export SUPPORTDESK_TEST_CHROMIUM=$found
        return
    fi
    playwright_chromium_starts && return
    echo "Installing Chromium for the tests ..."
    within_two_minutes .venv/bin/playwright install chromium >/dev/null 2>&1 || true
    playwright_chromium_starts && return
    install_system_chromium || fail "The tests need Chromium; install it and run bin/test again."
    SUPPORTDESK_TEST_CHROMIUM=$(find_system_chromium) || fail "Chromium does not start here."
    export SUPPORTDESK_TEST_CHROMIUM
}

ensure_chromium
