# Sourced by bin/test and bin/check: makes sure there is ClamAV's daemon, which the tests of the virus
# scanner start by themselves with a signature of their own.

source "$(dirname "${BASH_SOURCE[0]}")/installing.sh"

find_clamd() { command -v clamd || command -v /usr/sbin/clamd; }

install_clamd() {
    echo "Installing ClamAV's daemon for the tests ..." >&2
    install_from_debian --no-install-recommends clamav-daemon
}

if [ -z "${SUPPORTDESK_TEST_CLAMD:-}" ]; then
    SUPPORTDESK_TEST_CLAMD=$(find_clamd || { install_clamd && find_clamd; }) ||
        fail "The tests need ClamAV's daemon, clamd; install it and try again."
    export SUPPORTDESK_TEST_CLAMD
fi
