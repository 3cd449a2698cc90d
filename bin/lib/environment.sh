# Sourced by the commands in bin/: goes to the root of the checkout and makes `.venv` there, with
# exactly what requirements.lock says. Does nothing when that was done before.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Services and containers may come with an empty HOME; pip and npm would then write into ours.
if [ -z "${HOME:-}" ]; then
    unset HOME
    HOME=~
    export HOME
fi

fail() {
    echo "$1" >&2
    exit 1
}

# The system's own before any other: distributions build it with profiles. What a version manager
# has compiled mostly is not, and takes half as long again for the same code.
find_python() {
    local found_one="" candidate
    for candidate in /usr/bin/python3 python3.13 python3.12 python3.11 python3; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        found_one=$candidate
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    if [ -n "$found_one" ]; then
        fail "$found_one has no venv module; on Debian and Ubuntu: apt install python3-venv"
    fi
    fail "supportdesk needs Python 3.11 or newer, and there is none here."
}

# The folder is part of it: the scripts of a virtual environment do not survive a move.
what_is_wanted() {
    pwd
    cat requirements.lock pyproject.toml
}

install_environment() {
    local python
    if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$(find_python)
        echo "Making a virtual environment with $("$python" --version) ..."
        "$python" -m venv --clear .venv
    fi
    echo "Installing the dependencies (a minute or two the first time) ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
        --requirement requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation --editable .
    what_is_wanted >.venv/installed
}

if ! what_is_wanted | cmp -s - .venv/installed; then
    install_environment
fi
