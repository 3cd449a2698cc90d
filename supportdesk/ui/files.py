"""Files in messages, and all of a ticket's in the details."""

from __future__ import annotations

import reflex as rx

from supportdesk import routes
from supportdesk.domain.file_kinds import Kind
from supportdesk.domain.queries.attachments import File
from supportdesk.state.thread import ThreadState
from supportdesk.ui.preview_file import look_into
from supportdesk.ui.viewer import view


def files_in(files: rx.Var[tuple[File, ...]]) -> rx.Component:
    """Under what was said with them; nothing when nothing was attached."""
    return rx.cond(
        files.length() > 0,
        rx.el.div(
            rx.foreach(files, lambda file: _file(file, files)),
            class_name=f"files {rx.cond(files.length() > 1, 'several', 'one')}",
        ),
    )


def files_section() -> rx.Component:
    files = ThreadState.facts.files
    return rx.cond(
        files.length() > 0,
        rx.el.section(
            rx.el.h3("Files"),
            rx.el.ul(
                rx.foreach(files, lambda file: rx.el.li(_small(file, files), key=file.id)),
                role="list",
                aria_label="Files",
                class_name="gallery",
            ),
        ),
    )


def _address(file: rx.Var[File]) -> str:
    """With the id left open, for the browser to put in."""
    return f"{routes.ATTACHMENTS}/{file.id}"


def _file(file: rx.Var[File], files: rx.Var[tuple[File, ...]]) -> rx.Component:
    return rx.el.div(
        rx.match(
            file.kind,
            (Kind.PICTURE.value, _picture(file, files)),
            (
                Kind.VIDEO.value,
                _player(
                    file,
                    rx.el.video(
                        src=_address(file), controls=True, preload="metadata", aria_label=file.name
                    ),
                ),
            ),
            (
                Kind.SOUND.value,
                _player(
                    file,
                    rx.el.audio(
                        src=_address(file), controls=True, preload="metadata", aria_label=file.name
                    ),
                ),
            ),
            _card(file),
        ),
        key=file.id,
        class_name=f"file {file.kind}",
    )


def _picture(file: rx.Var[File], files: rx.Var[tuple[File, ...]]) -> rx.Component:
    return rx.el.button(
        rx.el.img(
            src=f"{_address(file)}/thumbnail",
            alt=_said_of(file),
            width=file.width,
            height=file.height,
            loading="lazy",
        ),
        type="button",
        aria_label=f"Open image: {_said_of(file)}",
        title=file.name,
        on_click=view(file, files),
        class_name="picture",
    )


def _said_of(file: rx.Var[File]) -> rx.Var[str]:
    return rx.cond(file.alt != "", file.alt, file.name).to(str)


def _player(file: rx.Var[File], player: rx.Component) -> rx.Component:
    return rx.el.figure(
        player,
        rx.el.figcaption(
            rx.el.a(file.name, href=_address(file), download=file.name, reload_document=True),
            rx.el.small(f"{file.plays} {file.size}"),
        ),
    )


def _card(file: rx.Var[File]) -> rx.Component:
    """A document opens a preview of itself; of what cannot be shown there is the name to go by."""
    within = rx.fragment(
        rx.cond(
            file.pictured,
            rx.el.img(src=f"{_address(file)}/thumbnail", alt="", loading="lazy"),
            rx.el.span(rx.icon("file-text", size=20), class_name="sign"),
        ),
        rx.el.span(rx.el.b(file.name), rx.el.small(file.size), class_name="named"),
    )
    return rx.cond(
        (file.kind == Kind.TEXT.value) | file.pictured,
        rx.el.button(
            within,
            type="button",
            aria_label=f"Preview {file.name}",
            on_click=look_into(file),
            class_name="card",
        ),
        rx.el.a(
            within,
            href=_address(file),
            download=file.name,
            reload_document=True,
            aria_label=f"Download {file.name}",
            class_name="card",
        ),
    )


def _small(file: rx.Var[File], files: rx.Var[tuple[File, ...]]) -> rx.Component:
    return rx.cond(file.kind == Kind.PICTURE.value, _picture(file, files), _card(file))
