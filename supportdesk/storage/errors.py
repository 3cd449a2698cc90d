"""What can go wrong with storing bytes, in words for the person whose file it is."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError

from supportdesk.domain.errors import DomainError


class StorageFailed(DomainError):
    """Neither the file's fault nor the person's; worth another try."""


class StorageUnavailable(StorageFailed):
    def __init__(self) -> None:
        super().__init__("The desk cannot reach its file storage just now. Try again in a moment.")


class StorageFull(StorageFailed):
    def __init__(self) -> None:
        super().__init__("The desk has no room for this file just now. Tell an admin about it.")


class ScannerAway(StorageFailed):
    """The file waits, and is asked for again."""

    def __init__(self) -> None:
        super().__init__("The virus scanner is not answering. The file waits until it does.")


# A disk that is full, a quota that is used up, a file larger than the system lets one be.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# How the object store words them: a folder's system has numbers for them, S3 has an answer.
_NO_ROOM_IN_WORDS = (
    *(f"(os error {number})" for number in _NO_ROOM),
    "status code: 507",
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what disks and object stores say into one of the errors above."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull from error
        raise StorageUnavailable from error
    except BaseError as error:
        if any(words in str(error) for words in _NO_ROOM_IN_WORDS):
            raise StorageFull from error
        raise StorageUnavailable from error
