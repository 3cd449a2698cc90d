"""Recording the screen: what records, without what one sees of it; that is `ui/recording`.

Pictures and sound are encoded by the browser and written by mediabunny into a file of
`ui/recordings`.
"""

from __future__ import annotations

import json

from reflex.experimental import ClientStateVar
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.base import Var
from reflex_components_core.base.fragment import Fragment

from supportdesk.state.outbox import FORM
from supportdesk.ui.recordings import FILES

OFF, READY, CHOOSING, COUNTDOWN = "off", "ready", "choosing", "countdown"
RECORDING, PAUSED, SAVING, PREVIEW = "recording", "paused", "saving", "preview"

# What is recorded just now. `able` is whether the browser can at all; `place` is the ticket whose
# composer it began in; `url` is where the browser has the result, and `note` why it stopped by
# itself.
recording = ClientStateVar.create(
    "recording",
    default={
        "phase": OFF,
        "able": True,
        "place": "",
        "error": "",
        "left": 0,
        "seconds": 0,
        "url": "",
        "name": "",
        "size": "",
        "note": "",
    },
)
with_voice = ClientStateVar.create("recording_with_voice", default=False)

LONGEST_MINUTES = 30
_COUNT_FROM = 3
_LOOK_AGAIN = 100
_STARTS_WITHIN = 5000
# What is on a screen changes seldom and has to be legible: 30 minutes stay below 200 MB.
_PICTURES_A_SECOND = 15
_FILM_BITS, _VOICE_BITS = 750_000, 64_000
_WIDEST, _HIGHEST = 1920, 1080
# The file has a few bytes around the pictures and the sound.
_FILLED = 0.98

_INSECURE = "The screen can only be recorded where the desk is reached by https."
_UNABLE = (
    "This browser cannot record the screen. Chrome, Edge and Firefox on a computer can, in their"
    " present versions."
)
_WHY = {
    "screen": {
        "NotAllowedError": "The screen was not shared, or the browser does not allow it. Choose"
        " again, and allow it when the browser asks.",
        "NotSupportedError": _UNABLE,
        "NotFoundError": "There is no screen that could be recorded.",
        "NotReadableError": "The system does not let the browser record the screen. Its privacy"
        " settings say who may.",
    },
    "microphone": {
        "NotAllowedError": "The microphone is not allowed. Allow it in the browser's settings for"
        " this site, or record without it.",
        "NotFoundError": "There is no microphone. Connect one, or record without it.",
        "NotReadableError": "The microphone is in use elsewhere. Free it, or record without it.",
    },
    "package": {"TypeError": "The connection was lost. Try again when it is back."},
    "recorder": {"NotSupportedError": _UNABLE},
}
_FAULT = "The browser could not record. Try again, or without the microphone."
_NOTHING = "Nothing was recorded: there was no picture yet."
_WITHDRAWN = "The screen is not shared any more."
_TOO_LONG = f"It stopped by itself: {LONGEST_MINUTES} minutes is the longest."
_TOO_LARGE = "It stopped by itself: a file cannot be larger."
_BROKEN = "It stopped by itself, because the browser could not go on."
_BROUGHT_BACK = "You recorded this earlier. It has not been attached yet."

_NOW = f"refs['_client_state_{recording._getter_name}']"
_SHOW = f"refs['_client_state_{recording._setter_name}']"
_WITH_VOICE = f"refs['_client_state_{with_voice._getter_name}']"

_ENGINE = f"""
refs['recorder'] ??= (() => {{
  const files = refs['recordings'];
  let attempt = 0, writer, running, made, left = [];
  // The page that is being left may have put away what it knew.
  const now = () => {_NOW} ?? {{phase: '{OFF}'}};
  const show = (values) => {_SHOW}?.({{...now(), ...values}});
  const is = (...phases) => phases.includes(now().phase);
  const close = () => {{
    show({{phase: '{OFF}', error: '', url: '', note: ''}});
    offerNext();
  }};
  const end = (streams) => streams.flatMap((each) => each.getTracks()).forEach((t) => t.stop());
  const passes = (time) => new Promise((done) => setTimeout(done, time));
  const named = (at) => `Screen recording ${{new Date(at - new Date(at).getTimezoneOffset() * 6e4)
    .toISOString().slice(0, 16).replace('T', ' ').replace(':', '.')}}.webm`;

  const open = () => {{
    if (is('{RECORDING}', '{PAUSED}')) document.querySelector('.recording-bar button').focus();
    if (!is('{OFF}')) return;
    import('mediabunny').then((loaded) => writer = loaded, () => {{}});
    const error = !isSecureContext ? '{_INSECURE}'
      : navigator.mediaDevices?.getDisplayMedia && window.VideoEncoder ? '' : '{_UNABLE}';
    show({{phase: '{READY}', seconds: 0, able: !error, error}});
  }};
  const giveUp = (error = '') => {{
    attempt += 1;
    error ? show({{phase: '{READY}', error}}) : close();
  }};
  const choose = async () => {{
    const mine = ++attempt, streams = [], devices = navigator.mediaDevices;
    const givenUp = () => mine !== attempt;
    const form = document.getElementById('{FORM}'), place = form.ticket.value;
    let asked = 'screen';
    show({{phase: '{CHOOSING}', error: '', place}});
    try {{
      streams.push(await devices.getDisplayMedia({{audio: false, video: {{
        frameRate: {{max: {_PICTURES_A_SECOND}}}, width: {{max: {_WIDEST}}},
        height: {{max: {_HIGHEST}}}}}}}));
      streams[0].getVideoTracks()[0].addEventListener('ended',
        () => givenUp() || (running ? stop() : giveUp('{_WITHDRAWN}')));
      asked = 'microphone';
      if ({_WITH_VOICE} && !givenUp()) streams.push(await devices.getUserMedia({{audio: true}}));
      asked = 'package';
      writer ??= await import('mediabunny');
      asked = 'recorder';
      for (let left = {_COUNT_FROM}; left && !givenUp(); left -= 1) {{
        show({{phase: '{COUNTDOWN}', left}});
        await passes(1000);
      }}
      // Before the page has arrived it knows neither whose this will be nor how large.
      while (!form.by.value && !givenUp()) {{
        show({{left: 0}});
        await passes({_LOOK_AGAIN});
      }}
      const begun = givenUp() || await begin(streams,
        {{by: form.by.value, place, most: +form.dataset.fileMost}});
      if (givenUp()) {{
        end(streams);
        begun.output?.cancel().finally(begun.file.drop);
        return;
      }}
      running = begun;
      show({{phase: '{RECORDING}'}});
    }} catch (error) {{
      end(streams);
      if (!givenUp()) giveUp(({json.dumps(_WHY)})[asked][error.name] ?? '{_FAULT}');
    }}
  }};

  const begin = async (streams, {{by, place, most}}) => {{
    const [film, voice] = streams.flatMap((each) => each.getTracks()), at = Date.now();
    const {{width, height}} = film.getSettings();
    const quality = new writer.Quality({{bitrate: {_FILM_BITS}}});
    const codec = await writer.getFirstEncodableVideoCodec(['vp9', 'vp8'],
      {{width, height, quality}});
    if (!codec) throw new DOMException('', 'NotSupportedError');
    const file = await files.begin(`${{by}}_${{place}}_${{at}}`, writer);
    let bytes = 0, pictures = 0;
    const count = (packet) => {{
      bytes += packet.byteLength;
      if (bytes > most * {_FILLED}) stop('{_TOO_LARGE}');
    }};
    // By what has been encoded: a clock stands still in a tab that nobody looks at.
    const measure = (packet) => {{
      pictures += 1;
      count(packet);
      const seconds = Math.floor(packet.timestamp);
      if (seconds >= {LONGEST_MINUTES * 60}) stop('{_TOO_LONG}');
      if (seconds !== now().seconds) show({{seconds}});
    }};
    const sources = [new writer.MediaStreamVideoTrackSource(film, {{codec, quality,
      sizeChangeBehavior: 'contain', onEncodedPacket: measure}},
      {{frameRate: {_PICTURES_A_SECOND}}})];
    if (voice) sources.push(new writer.MediaStreamAudioTrackSource(voice, {{codec: 'opus',
      quality: new writer.Quality({{bitrate: {_VOICE_BITS}}}), onEncodedPacket: count}}));
    // Whatever becomes of the browser, what there is of it can be read.
    const format = new writer.WebMOutputFormat({{appendOnly: true}});
    const output = new writer.Output({{format, target: file.to}});
    output.addVideoTrack(sources[0]);
    if (voice) output.addAudioTrack(sources[1]);
    sources.forEach((each) => each.errorPromise.catch(() => stop('{_BROKEN}')));
    // Firefox waits for loudspeakers before it listens, and where there are none, forever.
    const late = new Promise((_, fail) => setTimeout(fail, {_STARTS_WITHIN}, new Error()));
    try {{
      await Promise.race([output.start(), late]);
    }} catch (error) {{
      output.cancel().catch(() => {{}}).finally(file.drop);
      throw error;
    }}
    return {{streams, sources, output, file, at, place, seen: () => pictures}};
  }};
  const pause = () => {{
    const pausing = is('{RECORDING}');
    running?.sources.forEach((each) => pausing ? each.pause() : each.resume());
    show({{phase: pausing ? '{PAUSED}' : '{RECORDING}'}});
  }};
  const stop = async (note = '') => {{
    if (!running) return;
    const {{streams, output, file, at, place, seen}} = running;
    running = null;
    show({{phase: '{SAVING}', note}});
    try {{
      const whole = await output.finalize().then(() => true, () => false);
      if (!seen() || !(whole || file.stays)) throw new Error();
      present({{...await files.finish(file), at, place}}, note);
    }} catch {{
      file.drop();
      show({{phase: '{READY}', error: seen() ? '{_FAULT}' : '{_NOTHING}'}});
    }}
    end(streams);
  }};

  const present = (it, note) => {{
    const file = new File([it.content], named(it.at), {{type: 'video/webm'}});
    made = {{...it, file, url: URL.createObjectURL(file)}};
    show({{phase: '{PREVIEW}', note, place: it.place, url: made.url, name: file.name,
      size: refs['attaching'].words(file.size)}});
  }};
  const leave = () => {{
    const it = made;
    made = null;
    close();
    URL.revokeObjectURL(it.url);
    return it;
  }};
  const offerNext = async () => {{
    const next = left.shift();
    if (!next) return;
    const note = left.length ? `{_BROUGHT_BACK} ${{left.length}} more after this.`
      : '{_BROUGHT_BACK}';
    show({{phase: '{SAVING}', place: next.place, note}});
    present({{...next, ...await files.finish(next)}}, note);
  }};
  const discard = () => leave().drop();
  const attach = () => {{
    const {{file, place, drop}} = leave();
    refs['attaching'].add([file], place, drop);
  }};
  const bringBack = async () => {{
    if (!is('{OFF}')) return;
    try {{
      left.push(...await files.leftBy(document.getElementById('attaching').dataset.by));
      if (is('{OFF}')) await offerNext();
    }} catch {{}}  // Where there is no storage, nothing was kept in it.
  }};
  addEventListener('beforeunload', (event) => {{
    if (made ? !made.stays : is('{COUNTDOWN}', '{RECORDING}', '{PAUSED}', '{SAVING}'))
      event.preventDefault();
  }});
  return {{open, giveUp, choose, pause, stop, discard, attach, bringBack}};
}})();
"""


class Recorder(Fragment):
    """Records; draws nothing. The package is loaded when somebody is about to record."""

    def add_imports(self) -> dict[str, ImportVar | list[ImportVar]]:
        return {
            "mediabunny@1.61.0": ImportVar(tag=None, render=False),
            "$/utils/state": ImportVar(tag="refs"),
        }

    def add_hooks(self) -> list[str | Var[str]]:
        return [FILES, _ENGINE]
