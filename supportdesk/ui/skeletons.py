"""The shape of what comes, while it is being read. For the eye only."""

import reflex as rx


def list_skeleton() -> rx.Component:
    return rx.el.div(
        *[_row(subject, last) for subject, last in _LINES],
        aria_hidden="true",
    )


_LINES = [(72, 88), (54, 80), (64, 60), (80, 92), (48, 70), (68, 84), (58, 64), (76, 78)]


def _row(subject: int, last: int) -> rx.Component:
    return rx.el.div(
        bone(class_name="round"),
        bone(style={"width": f"{subject}%"}),
        bone(style={"width": "36px"}),
        bone(style={"width": f"{last}%", "gridColumn": "2"}),
        bone(style={"width": "130px", "gridColumn": "2", "marginTop": "6px"}),
        class_name="row ghost",
    )


def desk_skeleton() -> rx.Component:
    """All of it, before the page itself is there."""
    return rx.el.div(
        rx.el.div(class_name="rail"),
        rx.el.div(
            rx.el.div(rx.el.div(bone(), class_name="bar"), list_skeleton(), class_name="list"),
            class_name="work",
        ),
        aria_hidden="true",
        class_name="desk at-list waiting",
    )


def conversation_skeleton() -> rx.Component:
    return rx.el.div(
        _message(46),
        _message(62),
        rx.el.div(bone(class_name="bubble mine", style={"width": "52%"})),
        _message(38),
        aria_hidden="true",
        class_name="ghost",
    )


def _message(width: int) -> rx.Component:
    return rx.el.div(
        bone(class_name="round"), bone(class_name="bubble", style={"width": f"{width}%"})
    )


def details_skeleton() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            *[
                part
                for width in (64, 52, 96, 110, 70)
                for part in (
                    bone(style={"width": "56px"}),
                    bone(style={"width": f"{width}px", "marginBlock": "7px"}),
                )
            ],
            class_name="facts",
        ),
        aria_hidden="true",
    )


def bone(class_name: str = "", style: dict[str, str] | None = None) -> rx.Component:
    return rx.el.span(class_name=f"bone {class_name}".strip(), style=style or {})
