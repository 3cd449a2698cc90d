"""Attaching files: by the button, by dropping them, by pasting; each uploaded while one writes on.

Uploading is the work of tus-js-client, which goes on where a lost line has interrupted it. Files
that are dropped or pasted belong to the nearest element that says where, in `data-files-for`.
"""

from __future__ import annotations

import reflex as rx
from reflex.event import EventChain
from reflex.vars import FunctionVar
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import Var
from reflex_components_core.base.fragment import Fragment

from supportdesk import routes
from supportdesk.domain import files
from supportdesk.state import attaching
from supportdesk.state.attaching import (
    CHECKING,
    FAILED,
    READY,
    SENDING,
    WAITING,
    Attached,
    attached,
    sends_when_ready,
)
from supportdesk.state.outbox import FORM
from supportdesk.ui.controls import button, icon_button
from supportdesk.ui.focus import at_once

_REFS = VarData(imports={"$/utils/state": [ImportVar(tag="refs")]})
_PIECE_BYTES = 4_000_000
_RETRY_AFTER = [0, 1000, 2000, 4000, 8000]
_ASK_AGAIN_AFTER = 5000
_KEPT = "supportdesk-files"
_LOST = "The connection was lost."
_FAULT = "Something went wrong on our side."
_PREVIEWED = "/^image\\/(png|jpeg|gif|webp|avif)$/"
_ME = "document.getElementById('attaching')?.dataset.by ?? ''"

# What of a file is its own; the rest lies in `attached`. Kept where a reload does not reach.
_ENGINE = f"""
refs['attaching'] ??= (() => {{
  const running = {{}}, settled = {{}};
  const now = () => {attaching.NOW};
  const keep = (all) => {{
    {attaching.SHOW}(all);
    const ready = all.filter((each) => each.state === '{READY}');
    sessionStorage.setItem('{_KEPT}', JSON.stringify(ready.map((each) => ({{...each,
      preview: each.image ? `{routes.ATTACHMENTS}/${{each.file}}/thumbnail` : ''}}))));
  }};
  const change = (id, values) => {{
    keep(now().map((each) => each.id === id ? {{...each, ...values}} : each));
    const place = refs['_client_state_{sends_when_ready._getter_name}'];
    if (!place || now().some((each) => each.place === place && each.state !== '{READY}')) return;
    refs['_client_state_{sends_when_ready._setter_name}']('');
    const form = document.getElementById('{FORM}');
    setTimeout(() => form?.ticket.value === place && form.requestSubmit());
  }};
  const fail = (id, why, status = 0) => change(id,
    {{state: '{FAILED}', why, lost: !status, again: !status || status >= 500}});
  const said = (text) => {{ try {{ return JSON.parse(text) }} catch {{ return {{}} }} }};
  const finish = (id, url) => {{
    change(id, {{state: '{CHECKING}', percent: 100, why: ''}});
    fetch(`${{url}}/keep`, {{method: 'POST'}}).then(async (answer) => {{
      const told = said(await answer.text());
      if (!now().some((each) => each.id === id)) return;
      if (answer.ok) {{
        change(id, {{state: '{READY}', file: told.id,
          image: told.kind === 'picture', size: told.size}});
        settled[id]?.();
      }} else if (told.waits) {{
        change(id, {{state: '{WAITING}', why: told.error}});
        setTimeout(() => now().some((each) => each.id === id) && finish(id, url),
          {_ASK_AGAIN_AFTER});
      }} else fail(id, told.error ?? '{_FAULT}', answer.status);
    }}, () => fail(id, '{_LOST}'));
  }};
  const start = (id, file) => {{
    const upload = running[id] ??= new Upload(file, {{
      endpoint: '{routes.UPLOADS}', metadata: {{filename: file.name}}, chunkSize: {_PIECE_BYTES},
      retryDelays: {_RETRY_AFTER}, storeFingerprintForResuming: false,
      onProgress: (sent, all) => change(id, {{percent: Math.floor(100 * sent / all)}}),
      onSuccess: () => finish(id, upload.url),
      onError: (error) => {{
        const answer = error.originalResponse;
        const why = answer ? said(answer.getBody()).error ?? '{_FAULT}' : '{_LOST}';
        fail(id, why, answer?.getStatus());
      }},
    }});
    change(id, {{state: '{SENDING}', why: ''}});
    upload.start();
  }};
  const retry = (id) => running[id]?.url && now().some((each) => each.id === id
    && each.percent === 100) ? finish(id, running[id].url) : start(id);
  const words = (size) => size < 1e6 ? `${{Math.ceil(size / 1e3)}} kB`
    : `${{(size / 1e6).toFixed(1)}} MB`;
  // `done` is called when what is in the browser is needed no more.
  const add = (files, place, done) => [...files].forEach((file) => {{
    const id = Math.random().toString(36).slice(2), image = {_PREVIEWED}.test(file.type);
    settled[id] = done;
    keep(now().concat({{id, by: {_ME}, place, name: file.name, alt: '', size: words(file.size),
      image, preview: image ? URL.createObjectURL(file) : '', percent: 0, state: '{SENDING}',
      why: '', again: false, file: ''}}));
    start(id, file);
  }});
  const drop = (id) => {{
    const gone = now().find((each) => each.id === id);
    running[id]?.abort();
    const url = running[id]?.url ?? (gone?.file && `{routes.UPLOADS}/${{gone.file}}`);
    if (url) fetch(url, {{method: 'DELETE', keepalive: true}}).catch(() => {{}});
    if (gone?.preview.startsWith('blob:')) URL.revokeObjectURL(gone.preview);
    delete running[id];
    settled[id]?.();
    keep(now().filter((each) => each.id !== id));
  }};
  const forget = (files) => files?.forEach(({{file}}) =>
    fetch(`{routes.UPLOADS}/${{file}}`, {{method: 'DELETE', keepalive: true}}).catch(() => {{}}));
  return {{add, keep, change, retry, drop, forget, words}};
}})();
"""
# From the page to the engine, wherever on the page it happens.
_LISTENING = f"""
useEffect(() => {{
  const engine = refs['attaching'];
  if (!{attaching.NOW}.length)
    engine.keep(JSON.parse(sessionStorage.getItem('{_KEPT}') ?? '[]'));
  const zone = (event) => event.target.closest?.('[data-files-for]');
  const take = (event, files) => {{
    const place = zone(event)?.dataset.filesFor;
    if (files?.length && place) engine.add(files, place);
    return files?.length;
  }};
  const mark = (at) => document.querySelectorAll('[data-files-for]').forEach((each) =>
    each.toggleAttribute('data-dropping', each === at && !!each.dataset.filesFor));
  const heard = {{
    change: (event) => {{
      if (!event.target.matches?.('input[type=file]')) return;
      take(event, event.target.files);
      event.target.value = '';
    }},
    paste: (event) => take(event, event.clipboardData?.files) && event.preventDefault(),
    dragover: (event) => {{
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      mark(zone(event));
    }},
    dragleave: (event) => event.relatedTarget || mark(null),
    drop: (event) => {{
      mark(null);
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      take(event, event.dataTransfer.files);
    }},
  }};
  const again = () => {attaching.NOW}.forEach((each) => each.lost && engine.retry(each.id));
  Object.entries(heard).forEach(([name, on]) => document.addEventListener(name, on));
  window.addEventListener('online', again);
  return () => {{
    Object.entries(heard).forEach(([name, on]) => document.removeEventListener(name, on));
    window.removeEventListener('online', again);
  }};
}}, [])
"""


class Engine(Fragment):
    """Takes files and uploads them; draws nothing."""

    def add_imports(self) -> dict[str, ImportVar | list[ImportVar]]:
        return {
            "tus-js-client@4.3.1": ImportVar(tag="Upload"),
            "react": ImportVar(tag="useEffect"),
            "$/utils/state": ImportVar(tag="refs"),
        }

    def add_hooks(self) -> list[str | Var[str]]:
        return [_ENGINE, _LISTENING]


def engine(me: rx.Var[str]) -> rx.Component:
    """What the page needs once, for all places where one attaches files."""
    return rx.fragment(
        rx.el.span(id="attaching", data_by=me, hidden=True),
        Engine.create(),
        attached,
        sends_when_ready,
    )


def attach_button(place: str, *, in_words: bool = False) -> rx.Component:
    """Inside the element that says for where the files are; `place` names the button's own."""
    chooser = f"choose-{place}"
    choose = at_once(f"document.getElementById('{chooser}').click()")
    return rx.fragment(
        rx.el.input(type="file", id=chooser, multiple=True, hidden=True),
        button(rx.icon("paperclip", size=14), "Attach files", on_click=choose)
        if in_words
        else icon_button("Attach files", "paperclip", on_click=choose),
    )


def files_at(place: rx.Var[str], me: rx.Var[str]) -> rx.Var[list[Attached]]:
    """What this person has attached there."""
    return rx.Var(
        _js_expr=f"{attached.value!s}.filter((each) => each.place === {place!s}"
        f" && each.by === {me!s})",
        _var_type=list[Attached],
        _var_data=VarData.merge(
            attached.value._get_all_var_data(),
            place._get_all_var_data(),
            me._get_all_var_data(),
        ),
    ).to(list[Attached])


def attached_files(shown: rx.Var[list[Attached]]) -> rx.Component:
    """What is attached, each with what becomes of it; nothing while nothing is."""
    return rx.cond(
        shown.length() > 0,
        rx.el.ul(
            rx.foreach(shown, _file),
            role="list",
            aria_label="Attached files",
            class_name="attached",
        ),
    )


def _file(file: rx.Var[Attached]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            file.preview != "",
            rx.el.img(src=file.preview, alt="", class_name="preview"),
            rx.el.span(rx.icon("file", size=18), class_name="preview"),
        ),
        rx.el.div(
            rx.el.div(
                rx.el.input(
                    default_value=file.name,
                    aria_label="File name",
                    auto_complete="off",
                    max_length=files.NAME_MAX_LENGTH,
                    on_change=lambda text: _change(file, "name", text),
                    class_name="line-input",
                ),
                rx.el.small(file.size),
                class_name="named",
            ),
            rx.cond(
                file.image & (file.state != FAILED),
                rx.el.input(
                    default_value=file.alt,
                    aria_label="Description of the image",
                    placeholder="Describe it for those who cannot see it",
                    auto_complete="off",
                    max_length=files.ALT_MAX_LENGTH,
                    on_change=lambda text: _change(file, "alt", text),
                    class_name="line-input alt",
                ),
            ),
            _fate(file),
            class_name="about",
        ),
        rx.cond(
            (file.state == FAILED) & file.again,
            button("Retry", on_click=at_once(f"refs['attaching'].retry({file.id!s})")),
        ),
        icon_button(
            rx.cond((file.state == SENDING), "Cancel upload", "Remove file"),
            "x",
            on_click=at_once(f"refs['attaching'].drop({file.id!s})"),
        ),
        key=file.id,
        class_name=f"{file.state}",
    )


def _fate(file: rx.Var[Attached]) -> rx.Component:
    return rx.match(
        file.state,
        (
            SENDING,
            rx.el.div(
                rx.el.progress(value=file.percent, max=100, aria_label="Uploaded"),
                rx.el.small(f"{file.percent} %"),
                class_name="progress",
            ),
        ),
        (CHECKING, rx.el.small("Checking …")),
        (WAITING, rx.el.small(file.why, role="status")),
        (FAILED, rx.el.small(file.why, role="alert", class_name="wrong")),
        rx.fragment(),
    )


def _change(file: rx.Var[Attached], name: str, text: rx.Var[str]) -> rx.Var[EventChain]:
    """Keep what is typed there, in the browser."""
    change = f"refs['attaching'].change({file.id!s}, {{{name}: text}})"
    return Var(f"(() => ((text) => {change})({text!s}))", _var_data=_REFS).to(
        FunctionVar, EventChain
    )
