"""What is in a document or a text, without opening it: its first page, or how it begins."""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex.event import EventChain
from reflex.experimental import ClientStateVar
from reflex_base.vars.base import Var

from supportdesk import routes
from supportdesk.domain.file_kinds import Kind
from supportdesk.domain.files import in_words
from supportdesk.domain.queries.attachments import File
from supportdesk.ui import dialogs
from supportdesk.ui.controls import button
from supportdesk.ui.focus import at_once
from supportdesk.ui.still_there import close_when_gone

_MOST_BYTES = 100_000
_NOTHING = {"id": "", "name": "", "kind": "", "size": "", "text": "", "cut": False}
_previewed = ClientStateVar.create("previewed_file", default=_NOTHING)
_SHOW = f"refs['_client_state_{_previewed._setter_name}']"
# Where one was before: the dialog itself knows only of buttons that are part of it.
_FROM = "refs['previewed_from']"


# What has no mark of its own and is not UTF-8 is of the time when a byte was a letter.
_READ = """(bytes) => {
  const marked = {0xfffe: 'utf-16le', 0xfeff: 'utf-16be'}[256 * bytes[0] + bytes[1]];
  try { return new TextDecoder(marked ?? 'utf-8', {fatal: true}).decode(bytes, {stream: true}) }
  catch { return new TextDecoder('windows-1252').decode(bytes) }
}"""


def look_into(file: rx.Var[File]) -> Var[EventChain]:
    """Show the dialog; of a text, what comes of it first."""
    address = f"`{routes.ATTACHMENTS}/${{file.id}}`"
    headers = json.dumps({"Range": f"bytes=0-{_MOST_BYTES - 1}"})
    return at_once(
        f"((file) => {{ {_FROM} = document.activeElement;"
        f" const show = (text, cut = false) => {_SHOW}({{...file, text, cut}}), read = {_READ};"
        f" if (file.kind !== '{Kind.TEXT.value}') return show('');"
        f" fetch({address}, {{headers: {headers}}}).then(async (answer) => {{"
        " if (!answer.ok) return show('This file is not there any more.');"
        " const all = Number(answer.headers.get('Content-Range')?.split('/')[1]);"
        f" show(read(new Uint8Array(await answer.arrayBuffer())), all > {_MOST_BYTES}) }})"
        " .catch(() => show('The connection was lost.')) })"
        f"({file!s})"
    )


def preview_dialog() -> rx.Component:
    file = _previewed.value.to(dict[str, Any])
    address = f"{routes.ATTACHMENTS}/{file['id']}"
    name = file["name"].to(str)
    close = f"{_SHOW}({json.dumps(_NOTHING)})"
    return rx.fragment(
        _previewed,
        close_when_gone(f"[{file['id']!s}].filter(Boolean)", _previewed.value, close),
        dialogs.titled(
            name,
            file["size"].to(str),
            rx.el.div(
                rx.cond(
                    file["kind"] == Kind.TEXT.value,
                    rx.el.pre(file["text"].to(str), tab_index=0, class_name="text-preview"),
                ),
                rx.cond(
                    file["cut"].to(bool),
                    rx.el.p(
                        f"This is the first {in_words(_MOST_BYTES)} of it."
                        " Download the file to read on.",
                        class_name="hint",
                    ),
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
            on_close_auto_focus=at_once(f"{_FROM}?.focus()"),
            class_name="dialog wide",
        ),
    )
