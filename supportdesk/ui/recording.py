"""Recording the screen, as one sees it: a button in the composer, a dialog before and one after,
and between them a bar that leaves the desk free, for that may be what is to be shown."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventChain

from supportdesk.state.outbox import MESSAGE_BOX
from supportdesk.state.session import SessionState
from supportdesk.ui import dialogs, focus
from supportdesk.ui.controls import alert, button, icon_button
from supportdesk.ui.focus import at_once
from supportdesk.ui.recorder import (
    CHOOSING,
    COUNTDOWN,
    LONGEST_MINUTES,
    PAUSED,
    PREVIEW,
    READY,
    RECORDING,
    SAVING,
    Recorder,
    recording,
    with_voice,
)


def record_button() -> rx.Component:
    return icon_button("Record screen", "screen-share", on_click=_have("open()"))


def screen_recording() -> rx.Component:
    """What the page needs once."""
    signed_in = SessionState.me_id != ""
    return rx.fragment(
        recording,
        with_voice,
        Recorder.create(),
        rx.cond(signed_in, rx.el.span(hidden=True, on_mount=_have("bringBack()"))),
        _before(),
        _meanwhile(),
        _after(),
    )


def _have(call: str) -> rx.Var[EventChain]:
    return at_once(f"refs['recorder'].{call}")


def _now(name: str) -> rx.Var[str]:
    return recording.value.to(dict[str, Any])[name].to(str)


def _is(*phases: str) -> rx.Var[bool]:
    return rx.Var.create(list(phases)).contains(_now("phase"))


def _before() -> rx.Component:
    able = recording.value.to(dict[str, Any])["able"].to(bool)
    return dialogs.titled(
        "Record screen",
        f"A window, a tab or the whole screen, for up to {LONGEST_MINUTES} minutes.",
        rx.el.div(
            alert(_now("error")),
            rx.cond(
                _is(COUNTDOWN),
                rx.el.p(
                    rx.cond(
                        recording.value.to(dict[str, Any])["left"].to(int) > 0,
                        rx.fragment("Recording starts in ", rx.el.b(_now("left"))),
                        "Waiting for the connection …",
                    ),
                    role="status",
                    class_name="countdown",
                ),
                rx.cond(able, _voice()),
            ),
            class_name="body",
        ),
        rx.el.div(
            button("Cancel", on_click=_have("giveUp()")),
            rx.cond(
                able & ~_is(COUNTDOWN),
                button(
                    rx.cond(_is(CHOOSING), "Choosing …", "Choose what to record"),
                    kind="primary",
                    disabled=_is(CHOOSING),
                    on_click=_have("choose()"),
                ),
            ),
            class_name="foot",
        ),
        open=_is(READY, CHOOSING, COUNTDOWN),
        on_open_change=_have("giveUp()"),
        on_close_auto_focus=[
            focus.on('[aria-label="Record screen"]'),
            focus.on(".recording-bar button"),
        ],
        class_name="dialog narrow",
    )


def _voice() -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=with_voice.value.to(bool),
            on_change=with_voice.set,
            disabled=_is(CHOOSING),
        ),
        "With microphone",
        class_name="tick",
    )


def _meanwhile() -> rx.Component:
    paused = _is(PAUSED)
    return rx.cond(
        _is(RECORDING, PAUSED),
        rx.el.section(
            rx.el.span(aria_hidden="true", class_name=rx.cond(paused, "lamp", "lamp live")),
            rx.el.span(rx.cond(paused, "Paused", "Recording"), role="status"),
            rx.el.span(_time(), role="timer", aria_label="Recorded"),
            button(rx.cond(paused, "Resume", "Pause"), on_click=_have("pause()")),
            button("Stop", kind="primary", on_click=_have("stop()")),
            aria_label="Screen recording",
            class_name="recording-bar",
        ),
    )


def _after() -> rx.Component:
    name = _now("name")
    return dialogs.titled(
        "Your recording",
        f"It can go with your next message in {_now('place')}.",
        rx.el.div(
            rx.cond(_now("note") != "", rx.el.p(_now("note"), role="status", class_name="note")),
            rx.cond(
                _is(SAVING),
                rx.el.p("Saving …", role="status"),
                rx.el.figure(
                    rx.el.video(src=_now("url"), controls=True, aria_label=name),
                    rx.el.figcaption(rx.el.span(name), rx.el.small(_now("size"))),
                    class_name="recorded",
                ),
            ),
            class_name="body",
        ),
        rx.el.div(
            button("Discard", disabled=_is(SAVING), on_click=_have("discard()")),
            rx.el.span(class_name="grow"),
            rx.cond(
                _is(PREVIEW),
                rx.el.a(
                    "Download",
                    href=_now("url"),
                    download=name,
                    reload_document=True,
                    class_name="button",
                ),
            ),
            button("Attach", kind="primary", disabled=_is(SAVING), on_click=_have("attach()")),
            class_name="foot",
        ),
        # Only its buttons close it: whoever presses Escape has not decided what becomes of it.
        open=_is(SAVING, PREVIEW),
        on_open_change=rx.noop(),
        on_close_auto_focus=focus.on(f"#{MESSAGE_BOX}"),
        class_name="dialog wide",
    )


def _time() -> rx.Var[str]:
    """Minutes and seconds."""
    seconds = _now("seconds")
    return rx.Var(
        _js_expr=f"((all) => `${{Math.floor(all / 60)}}:${{String(all % 60).padStart(2, '0')}}`)"
        f"({seconds!s})",
        _var_type=str,
        _var_data=seconds._get_all_var_data(),
    )
