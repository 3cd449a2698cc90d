# Sourced by bin/test: makes sure there is a Firefox that starts, named in SUPPORTDESK_TEST_FIREFOX, and
# a screen without a monitor that it can record.

source "$(dirname "${BASH_SOURCE[0]}")/installing.sh"

find_firefox() {
    first_that_starts firefox firefox-esr "/Applications/Firefox.app/Contents/MacOS/firefox"
}

find_screen() { [ "$(uname)" = Darwin ] || command -v Xvfb >/dev/null; }

install_here() {
    echo "Installing $1 for the tests ..." >&2
    install_from_debian --no-install-recommends "$1"
}

find_screen || { install_here xvfb && find_screen; } ||
    fail "The tests need Xvfb; install it and run bin/test again."
if [ -z "${SUPPORTDESK_TEST_FIREFOX:-}" ]; then
    SUPPORTDESK_TEST_FIREFOX=$(find_firefox || { install_here firefox-esr && find_firefox; }) ||
        fail "The tests need Firefox; install it and run bin/test again."
    export SUPPORTDESK_TEST_FIREFOX
fi
