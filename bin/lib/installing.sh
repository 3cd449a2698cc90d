# Sourced by those beside it that find what the tests need, or install it.

# The first of these commands that works.
first_that_starts() {
    local candidate
    for candidate in "$@"; do
        if command -v "$candidate" >/dev/null && "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# macOS has no `timeout`.
within_two_minutes() {
    if command -v timeout >/dev/null; then timeout 120 "$@"; else "$@"; fi
}

# Packages, and what apt-get is told about them.
install_from_debian() {
    local as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    command -v apt-get >/dev/null || return 1
    { $as_root apt-get update -qq && $as_root apt-get install -y -qq "$@"; } >/dev/null 2>&1
}
