"""Documents: their first page, drawn."""

from __future__ import annotations

from pathlib import Path

from supportdesk.domain.file_kinds import PDF
from supportdesk.storage.decoding.pictures import small
from supportdesk.storage.decoding.worker import Seen

_PAGE_SIDE = 1400


def look_at_document(path: Path, _: str, __: int) -> Seen:
    """One that is locked or broken, or takes too much, can still be kept and opened."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            page = document[0]
            width, height = page.get_size()
            image = page.render(scale=_PAGE_SIDE / max(width, height, 1)).to_pil()
            return Seen(PDF, image.width, image.height, picture=small(image, _PAGE_SIDE))
    except Exception:
        return Seen(PDF)
