"""What is in a document or a text, without opening it: its first page, or how it begins."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex.event import EventChain
from reflex.experimental import ClientStateVar
from reflex_base.vars.base import Var

from supportdesk import routes
from supportdesk.domain.files import Kind
from supportdesk.domain.queries.attachments import File
from supportdesk.ui import dialogs
from supportdesk.ui.controls import button
from supportdesk.ui.focus import at_once

_MOST_BYTES = 100_000
_NOTHING = {"id": "", "name": "", "kind": "", "size": "", "text": ""}
_previewed = ClientStateVar.create("previewed_file", default=_NOTHING)
_SHOW = f"refs['_client_state_{_previewed._setter_name}']"


def look_into(file: rx.Var[File]) -> Var[EventChain]:
    """Show the dialog; of a text, what comes of it first."""
    address = f"`{routes.ATTACHMENTS}/${{file.id}}`"
    headers = json.dumps({"Range": f"bytes=0-{_MOST_BYTES - 1}"})
    return at_once(
        f"((file) => {{ const show = (text) => {_SHOW}({{...file, text}});"
        f" if (file.kind !== '{Kind.TEXT.value}') return show('');"
        f" fetch({address}, {{headers: {headers}}})"
        " .then((answer) => answer.ok ? answer.text() : 'This file is not there any more.')"
        " .then(show, () => show('The connection was lost.')) })"
        f"({file!s})"
    )


def preview_dialog() -> rx.Component:
    file = _previewed.value.to(dict[str, Any])
    address = f"{routes.ATTACHMENTS}/{file['id']}"
    name = file["name"].to(str)
    return rx.fragment(
        _previewed,
        dialogs.titled(
            name,
            file["size"].to(str),
            rx.el.div(
                rx.cond(
                    file["kind"] == Kind.TEXT.value,
                    rx.el.pre(file["text"].to(str), tab_index=0, class_name="text-preview"),
                ),
                rx.cond(
                    file["kind"] == Kind.PDF.value,
                    rx.el.img(
                        src=f"{address}/thumbnail",
                        alt=f"First page of {name}",
                        class_name="page-preview",
                    ),
                ),
                class_name="body",
            ),
            rx.el.div(
                button("Close", on_click=_previewed.set_value(_NOTHING)),
                rx.cond(
                    file["kind"] == Kind.PDF.value,
                    rx.el.a("Open", href=address, target="_blank", class_name="button"),
                ),
                rx.el.a(
                    "Download",
                    href=address,
                    download=name,
                    reload_document=True,
                    class_name="button primary",
                ),
                class_name="foot",
            ),
            open=file["id"] != "",
            on_open_change=_previewed.set_value(_NOTHING),
            class_name="dialog wide",
        ),
    )
