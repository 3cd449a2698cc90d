"""Named errors of the domain. Each carries a sentence that can be shown to people."""

from __future__ import annotations

from collections.abc import Sequence

from supportdesk.database.engine import refusals


class DomainError(Exception):
    """Something a person asked for cannot be done; `str()` of it says why, in their words."""


class NotFound(DomainError):
    """It does not exist, or the actor may not see it: on purpose the same answer."""

    def __init__(self, what: str = "ticket") -> None:
        super().__init__(f"This {what} does not exist, or you have no access to it.")


class Deleted(NotFound):
    """A message of which only that is left that it was deleted."""

    def __init__(self) -> None:
        DomainError.__init__(self, "This message has been deleted.")


class Invalid(DomainError):
    """Input that cannot be accepted; `field` names the form field it belongs to."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class SeveralInvalid(Invalid):
    """Everything that is wrong with a form at once; by itself it reads like the first of it."""

    def __init__(self, problems: Sequence[Invalid]) -> None:
        super().__init__(str(problems[0]), problems[0].field)
        self.problems = tuple(problems)


class Refused(DomainError):
    """A move the rules do not allow this actor to make."""


class Changed(Refused):
    """Somebody else was faster: the sentence says who, and what it is now.

    `now` is what stands there, where the actor's own is not simply given up: who hands that back
    with it has seen it.
    """

    def __init__(self, message: str, now: str = "") -> None:
        super().__init__(message)
        self.now = now


class Blocked(Refused):
    """The actor may read, but not write."""

    def __init__(self) -> None:
        super().__init__("An admin has blocked you: you can read, but not write.")


class TooManyReports(Refused):
    """More in an hour than anybody needs."""

    def __init__(self) -> None:
        super().__init__("You have reported many messages just now. Wait a while, then go on.")


class SessionOver(Exception):
    """The actor's session is over by now, or their role is another. Who they are has to be found
    out again; it is nothing to tell people."""


refusals["SD001"] = Blocked
refusals["SD002"] = TooManyReports
refusals["SD003"] = SessionOver


class SignInFailed(DomainError):
    """Unknown address, wrong password or deactivated: on purpose the same answer."""

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is not right.")


class TooManyAttempts(DomainError):
    """Sign-in attempts ran out."""

    def __init__(self, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"Too many attempts. Try again {_in_words(retry_after_seconds)}.")


def _in_words(seconds: int) -> str:
    number, unit = (max(seconds, 1), "second") if seconds < 60 else (-(-seconds // 60), "minute")
    return f"in {number} {unit}" if number == 1 else f"in {number} {unit}s"
