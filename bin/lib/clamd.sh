# Sourced by bin/test and bin/check: makes sure there is ClamAV's daemon, which the tests of the virus
# scanner start by themselves with a signature of their own.

find_clamd() { command -v clamd || command -v /usr/sbin/clamd; }

install_clamd() {
    local as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    command -v apt-get >/dev/null || return 1
    echo "Installing ClamAV's daemon for the tests ..." >&2
    { $as_root apt-get update -qq &&
        $as_root apt-get install -y -qq --no-install-recommends clamav-daemon; } >/dev/null 2>&1
}

if [ -z "${SUPPORTDESK_TEST_CLAMD:-}" ]; then
    SUPPORTDESK_TEST_CLAMD=$(find_clamd || { install_clamd && find_clamd; }) ||
        fail "The tests need ClamAV's daemon, clamd; install it and try again."
    export SUPPORTDESK_TEST_CLAMD
fi
