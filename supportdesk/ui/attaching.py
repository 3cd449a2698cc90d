"""Attaching files, as one sees it: the button, and what has been attached by it, by dropping or by
pasting, with what becomes of it. `uploading` does the work.
"""

from __future__ import annotations

import reflex as rx
from reflex.event import EventChain
from reflex.vars import FunctionVar
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import Var

from supportdesk.domain import files
from supportdesk.state.attaching import (
    CHECKING,
    FAILED,
    SENDING,
    WAITING,
    Attached,
    attached,
    sends_when_ready,
)
from supportdesk.state.composer import ComposerState
from supportdesk.ui.controls import button, icon_button, wrong
from supportdesk.ui.focus import at_once

_REFS = VarData(imports={"$/utils/state": [ImportVar(tag="refs")]})


def attach_button(place: str, *, in_words: bool = False) -> rx.Component:
    """Inside the element that says for where the files are; `place` names the button's own."""
    chooser = f"choose-{place}"
    choose = at_once(f"document.getElementById('{chooser}').click()")
    return rx.fragment(
        rx.el.input(type="file", id=chooser, multiple=True, hidden=True),
        button(rx.icon("paperclip", size=14), "Attach files", on_click=choose)
        if in_words
        else icon_button(
            "Attach files",
            "paperclip",
            title=f"Attach files. {ComposerState.files_allowed}",
            on_click=choose,
        ),
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


def has_failed(shown: rx.Var[list[Attached]]) -> rx.Var[bool]:
    return rx.Var(
        _js_expr=f"{shown!s}.some((each) => each.state === '{FAILED}')",
        _var_type=bool,
        _var_data=shown._get_all_var_data(),
    )


def too_many(shown: rx.Var[list[Attached]]) -> rx.Var[bool]:
    """More than one message may have by now."""
    most = ComposerState.files_most
    return (most > 0) & (shown.length() > most)


def why_not_sent(shown: rx.Var[list[Attached]], failed: str, too_many_: str) -> rx.Var[str]:
    """The ids of the notes about what cannot be sent, for the button that waits."""
    return rx.cond(has_failed(shown), failed, "") + rx.cond(too_many(shown), f" {too_many_}", "")


def waits_for_files(place: rx.Var[str]) -> rx.Var[bool]:
    """Whether what was written there goes out when its files are there."""
    waiting = sends_when_ready.value
    return rx.Var(
        _js_expr=f"!!{waiting!s}[{place!s}]",
        _var_type=bool,
        _var_data=VarData.merge(waiting._get_all_var_data(), place._get_all_var_data()),
    )


def failed_note(shown: rx.Var[list[Attached]], name: str) -> rx.Component:
    """Why nothing can be sent yet; `name` is its id, for the button that waits."""
    return rx.cond(
        has_failed(shown),
        rx.el.p("Retry or remove the file that failed.", id=name, class_name="later"),
    )


def too_many_note(
    shown: rx.Var[list[Attached]], name: str, tried: rx.Var[bool] | bool = False
) -> rx.Component:
    """Told as soon as it is so; and who has `tried` to send them all the same is told once more."""
    count, most = shown.length(), ComposerState.files_most
    told = f"These are {count} files; {most} is the most in one message. Remove {count - most}."
    note = rx.el.p(told, id=name, role="status", class_name="later too-many")
    return rx.cond(too_many(shown), rx.cond(tried, wrong(told, id=name), note))


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
            # One that is refused for good may be no picture at all.
            (file.preview != "") & ((file.state != FAILED) | file.again),
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
