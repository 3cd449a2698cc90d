"""Pictures over the whole window: the package yet-another-react-lightbox. Arrows turn the page,
Escape closes and puts the focus back."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventChain
from reflex.experimental import ClientStateVar
from reflex_base.components.component import NoSSRComponent, field
from reflex_base.utils.imports import ImportDict, ImportVar
from reflex_base.vars.base import Var

from supportdesk import routes
from supportdesk.domain.file_kinds import Kind
from supportdesk.domain.queries.attachments import File
from supportdesk.ui.focus import at_once
from supportdesk.ui.still_there import close_when_gone

_LIBRARY = "yet-another-react-lightbox@3.32.2"
# Small writing on a picture that is shown whole has to become legible, too.
_CLOSEST = 4
# The pictures, and which of them is shown first; nothing while it is closed.
viewed = ClientStateVar.create("viewed", default={"slides": [], "first": -1})
_SHOW = f"refs['_client_state_{viewed._setter_name}']"
# Where one was before: the package asks too late for that in Firefox.
_FROM = "refs['viewed_from']"
_CLOSE = f"({_SHOW}({{slides: [], first: -1}}), {_FROM}?.focus())"


class Lightbox(NoSSRComponent):
    library = _LIBRARY
    tag = "Lightbox"
    is_default = True

    open: Var[bool] = field(doc="Whether it is shown.")
    close: Var[Any] = field(doc="Called when somebody wants to close it.")
    slides: Var[list[dict[str, Any]]] = field(doc="The pictures.")
    index: Var[int] = field(doc="Which is shown first.")
    plugins: Var[list[Any]] = field(doc="What else it can do.")
    carousel: Var[dict[str, Any]] = field(doc="How one moves between them.")
    zoom: Var[dict[str, Any]] = field(doc="How far one can go into them.")
    labels: Var[dict[str, str]] = field(doc="What its parts are called.")

    def add_imports(self) -> ImportDict | list[ImportDict]:
        return {
            "": f"{_LIBRARY.rpartition('@')[0]}/styles.css",
            _LIBRARY: [
                ImportVar(tag="Zoom", is_default=True, package_path="/plugins/zoom"),
                ImportVar(tag="Download", is_default=True, package_path="/plugins/download"),
            ],
        }


def viewer() -> rx.Component:
    shown = viewed.value.to(dict[str, Any])
    return rx.fragment(
        viewed,
        close_when_gone(f"{viewed.value!s}.slides.map((each) => each.id)", viewed.value, _CLOSE),
        Lightbox.create(
            open=shown["first"].to(int) >= 0,
            close=Var(f"(() => {_CLOSE})"),
            slides=shown["slides"],
            index=shown["first"],
            plugins=Var("[Zoom, Download]"),
            carousel={"finite": True},
            zoom={"maxZoomPixelRatio": _CLOSEST},
            labels={"Lightbox": "Image viewer"},
        ),
    )


def view(file: rx.Var[File], of: rx.Var[list[File]]) -> Var[EventChain]:
    """Show this picture, and the others `of` which it is one beside it."""
    return at_once(
        f"{_FROM} = document.activeElement; ((pictures) => {_SHOW}({{"
        f"first: pictures.findIndex((each) => each.id === {file.id!s}),"
        f" slides: pictures.map((each) => ({{id: each.id, src: `{routes.ATTACHMENTS}/${{each.id}}`,"
        " alt: each.alt || each.name, width: each.width, height: each.height})) }))"
        f"({of!s}.filter((each) => each.kind === '{Kind.PICTURE.value}'))"
    )
