"""What the operator's log may say: never the cookie of whoever sent an event.

Reflex logs an event that failed with all that came with it, the headers of the connection among it.
"""

from __future__ import annotations

import logging
import re
from typing import Any

# As Python writes a string: up to the quote it began with, unless a backslash stands before that.
_COOKIE = re.compile(
    r"""(?P<name>['"]cookie['"]: )(?P<quote>['"])(?:\\.|(?!(?P=quote)).)*(?P=quote)""",
    re.IGNORECASE | re.DOTALL,
)


def redact() -> None:
    """Take cookies out of every record that is logged from now on."""
    make = logging.getLogRecordFactory()

    def make_redacted(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            text = record.getMessage()
        except Exception:
            return record  # The handler says what is wrong with it.
        if "cookie" in text.lower():
            record.msg, record.args = _COOKIE.sub(r"\g<name>'…'", text), ()
        return record

    logging.setLogRecordFactory(make_redacted)
