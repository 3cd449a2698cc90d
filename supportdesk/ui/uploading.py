"""Uploading what is attached, each file while one writes on.

It is the work of tus-js-client, which goes on where a lost line has interrupted it. Files that are
dropped or pasted belong to the nearest element that says where, in `data-files-for`.
"""

from __future__ import annotations

import reflex as rx
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.base import Var
from reflex_components_core.base.fragment import Fragment

from supportdesk import routes
from supportdesk.state import attaching
from supportdesk.state.attaching import (
    CHECKING,
    FAILED,
    LATER,
    ME,
    NOW,
    READY,
    SENDING,
    WAITING,
    attached,
    sends_when_ready,
)
from supportdesk.state.outbox import EARLY, go_out

_PIECE_BYTES = 4_000_000
_RETRY_AFTER = [0, 1000, 2000, 4000, 8000]
_ASK_AGAIN_AFTER = 5000
_SILENT_AFTER = 30_000
_KEPT = "supportdesk-files"
_LOST = "The connection was lost."
_FAULT = "Something went wrong on our side."
_FOLDER = "Folders cannot be attached."
_PREVIEWED = "/^image\\/(png|jpeg|gif|webp|avif)$/"
_BUSY = 423
# What may be over by the next time, beside what the server or the line is to blame for: the upload
# was swept (and begins anew), or another request has it still.
_PASSES = [404, 409, _BUSY]
_BY_ITSELF = [409, _BUSY]
SEND = "send-waiting"
"""The button, unseen, that sends what is in the outbox."""

# What of a file is its own; the rest lies in `attached`. Kept where a reload does not reach.
_ENGINE = f"""
refs['attaching'] ??= (() => {{
  const running = {{}}, settled = {{}}, asked = {{}};
  let restored = false;
  const now = () => {NOW};
  const is = (id) => now().some((each) => each.id === id);
  const small = (each) => each.image && each.file ?
    `{routes.ATTACHMENTS}/${{each.file}}/thumbnail` : '';
  const stays = (each) => each.by && each.arrived && (each.state !== '{FAILED}' || each.again);
  const keep = (all) => {{
    // What was attached before it was known who is there is theirs.
    const whose = all.map((each) => ({{...each, by: each.by || {ME}}}));
    {attaching.SHOW}(whose.map((each) => ({{...each, preview: each.preview || small(each)}})));
    sessionStorage.setItem('{_KEPT}', JSON.stringify(whose.filter(stays).map((each) =>
      ({{...each, preview: small(each)}}))));
    sendWhatIsReady();
  }};
  const sendWhatIsReady = () => Object.values({LATER}).filter(Boolean).forEach((sent) => {{
    const {{ticket}} = sent, by = sent.by || {ME}, message = {{...sent, by}};
    const files = {attaching.at("ticket", "by")};
    if (!{attaching.settled("files")}) return;
    {attaching.send_no_more("ticket")};
    if (!files.length && !message.message.trim()) return;
    {go_out("message", "files", f"document.getElementById('{SEND}').click()")}
  }});
  const change = (id, values) =>
    keep(now().map((each) => each.id === id ? {{...each, ...values}} : each));
  const fail = (id, why, status = 0) => change(id, {{
    state: '{FAILED}', why, lost: !status, ...(status === 404 && {{arrived: ''}}),
    again: !status || status >= 500 || (id in running && {_PASSES}.includes(status))}});
  const said = (text) => {{ try {{ return JSON.parse(text) }} catch {{ return {{}} }} }};
  // Its answer may be lost with the line, without a word. Who asks again is told the same.
  const finish = (id, url) => {{
    asked[id]?.abort();
    const mine = asked[id] = new AbortController(), {{signal}} = mine;
    const isLatest = () => is(id) && asked[id] === mine;
    const again = (after) => setTimeout(() => isLatest() && finish(id, url), after);
    const silence = again({_SILENT_AFTER});
    change(id, {{state: '{CHECKING}', percent: 100, why: '', lost: false, arrived: url}});
    fetch(`${{url}}/keep`, {{method: 'POST', signal}}).then(async (answer) =>
      ({{...said(await answer.text()), status: answer.status}})
    ).catch(() => ({{}})).then((told) => {{
      clearTimeout(silence);
      if (!isLatest()) return;
      if (told.id) {{
        change(id, {{state: '{READY}', file: told.id,
          image: told.kind === 'picture', size: told.size}});
        settled[id]?.();
      }} else if (told.waits || told.status === {_BUSY}) {{
        change(id, {{state: '{WAITING}', why: told.error}});
        again({_ASK_AGAIN_AFTER});
      }} else fail(id, told.status ? told.error ?? '{_FAULT}' : '{_LOST}', told.status);
    }});
  }};
  const remove = (url) =>
    fetch(url, {{method: 'DELETE', keepalive: true}}).catch(() => {{}});
  const start = (id, file) => {{
    const upload = running[id] ??= new Upload(file, {{
      endpoint: '{routes.UPLOADS}', metadata: {{filename: file.name}}, chunkSize: {_PIECE_BYTES},
      retryDelays: {_RETRY_AFTER}, storeFingerprintForResuming: false,
      // As long as it has an endpoint, whatever is answered to the question how much has come makes
      // it begin anew. That is right when nothing of it is there any more.
      onAfterResponse: (_, answer) => {{
        const begins = !upload.url || answer.getStatus() === 404;
        upload.options.endpoint = begins ? '{routes.UPLOADS}' : null;
      }},
      onUploadUrlAvailable: () => {{
        if (is(id)) return;
        upload.abort();
        remove(upload.url);
      }},
      // What waits for its next turn can go on when the line is back.
      onShouldRetry: (error) => {{
        const status = error.originalResponse?.getStatus() ?? 0;
        change(id, {{lost: !status}});
        return navigator.onLine
          && (status < 400 || status >= 500 || {_BY_ITSELF}.includes(status));
      }},
      onProgress: (sent, all) =>
        change(id, {{percent: Math.floor(100 * sent / all), lost: false}}),
      onSuccess: () => is(id) && finish(id, upload.url),
      onError: (error) => {{
        const answer = error.originalResponse;
        const why = answer ? said(answer.getBody()).error ?? '{_FAULT}' : '{_LOST}';
        fail(id, why, answer?.getStatus());
      }},
    }});
    change(id, {{state: '{SENDING}', why: '', lost: false}});
    upload.abort();
    upload.start();
  }};
  const retry = (id) => {{
    const {{arrived}} = now().find((each) => each.id === id);
    arrived ? finish(id, arrived) : start(id);
  }};
  // As `domain/files.in_words` has it once the file is kept.
  const words = (size) => {{
    if (size < 1000) return size === 1 ? '1 byte' : `${{size}} bytes`;
    const unit = size < 999.5e3 ? 'kB' : size < 999.5e6 ? 'MB' : 'GB';
    const number = size / {{kB: 1e3, MB: 1e6, GB: 1e9}}[unit];
    return `${{number.toFixed(number < 9.95 ? 1 : 0)}} ${{unit}}`;
  }};
  const list = (place, name, values) => {{
    const id = Math.random().toString(36).slice(2);
    keep(now().concat({{id, by: {ME}, place, name, alt: '', size: '', image: false, preview: '',
      percent: 0, state: '{SENDING}', why: '', again: false, arrived: '', file: '', ...values}}));
    return id;
  }};
  // `done` is called when what is in the browser is needed no more.
  const add = (files, place, done) => [...files].forEach((file) => {{
    const image = {_PREVIEWED}.test(file.type);
    const id = list(place, file.name, {{size: words(file.size), image,
      preview: image ? URL.createObjectURL(file) : ''}});
    settled[id] = done;
    start(id, file);
  }});
  const refuse = (name, place, why) => list(place, name, {{state: '{FAILED}', why}});
  const drop = (id) => {{
    const gone = now().find((each) => each.id === id);
    const url = running[id]?.url ?? gone?.arrived;
    if (url) {{
      running[id]?.abort();
      remove(url);
    }}
    if (gone?.preview.startsWith('blob:')) URL.revokeObjectURL(gone.preview);
    delete running[id];
    settled[id]?.();
    keep(now().filter((each) => each.id !== id));
  }};
  const forget = (files) => files?.forEach(({{file}}) => remove(`{routes.UPLOADS}/${{file}}`));
  const restore = () => {{
    if (!restored) keep(JSON.parse(sessionStorage.getItem('{_KEPT}') ?? '[]'));
    restored = true;
  }};
  // What a lost line has stopped, and what the page before this one had not seen to its end.
  const goOn = () => {{
    restore();
    keep(now());
    now().filter((each) => each.by === {ME} && (each.lost || each.arrived
      && each.state !== '{READY}' && !asked[each.id])).forEach((each) => retry(each.id));
  }};
  // What nobody can go on with would count as theirs until it is swept.
  const giveUp = () => now().forEach((each) =>
    !each.arrived && running[each.id]?.url && remove(running[each.id].url));
  return {{add, refuse, keep, change, retry, drop, forget, restore, goOn, giveUp, words}};
}})();
"""
# From the page to the engine, wherever on the page it happens.
_LISTENING = f"""
useEffect(() => {{
  const engine = refs['attaching'];
  engine.restore();
  // In Firefox it may be a text that something is dropped on.
  const zone = ({{target}}) =>
    (target.closest ? target : target.parentElement)?.closest('[data-files-for]');
  const place = (event) => zone(event)?.dataset.filesFor;
  const take = (event, files) => {{
    if (place(event)) engine.add(files, place(event));
  }};
  // Office programs add a picture of what was copied; with a file comes its name, as text.
  const isText = ({{files}}, text) => text.trim() && !text.trim().split(/[\\r\\n]+/).every((line) =>
    [...files].some((file) => line.endsWith(file.name)));
  const mark = (at) => document.querySelectorAll('[data-files-for]').forEach((each) =>
    each.toggleAttribute('data-dropping', each === at && !!each.dataset.filesFor));
  const heard = {{
    change: (event) => {{
      if (!event.target.matches?.('input[type=file]')) return;
      take(event, event.target.files);
      event.target.value = '';
    }},
    paste: (event) => {{
      const given = event.clipboardData;
      if (!given?.files.length || isText(given, given.getData('text/plain'))) return;
      event.preventDefault();
      take(event, given.files);
    }},
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
      const given = [...event.dataTransfer.items].filter((each) => each.kind === 'file')
        .map((each) => ({{file: each.getAsFile(), entry: each.webkitGetAsEntry()}}));
      take(event, given.filter((each) => !each.entry?.isDirectory).map((each) => each.file));
      given.filter((each) => each.entry?.isDirectory && place(event)).forEach((each) =>
        engine.refuse(each.entry.name, place(event), '{_FOLDER}'));
    }},
  }};
  const onWindow = {{
    online: () => {NOW}.forEach((each) => each.lost && engine.retry(each.id)),
    pagehide: (event) => event.persisted || engine.giveUp(),
    beforeunload: (event) => {EARLY}.length && event.preventDefault(),
  }};
  const both = [[document, heard], [window, onWindow]].flatMap(([at, all]) =>
    Object.entries(all).map(([name, on]) => [at, name, on]));
  both.forEach(([at, name, on]) => at.addEventListener(name, on));
  return () => both.forEach(([at, name, on]) => at.removeEventListener(name, on));
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
