"""What the person at the terminal is told. Nothing else writes to it, and no secret is written."""

from time import monotonic

_began = monotonic()


def say(line: str) -> None:
    print(line, flush=True)


def seconds() -> str:
    """How long this command has been at work."""
    return f"{monotonic() - _began:.1f} s"
