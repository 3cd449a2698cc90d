"""Status, priority and counts in small."""

import reflex as rx

from supportdesk.domain.queries.ticket_rows import ShownTag


def status_badge(status: rx.Var[str], label: rx.Var[str]) -> rx.Component:
    return rx.el.span(label, class_name=f"badge {status}")


def priority_badge(priority: rx.Var[str], label: rx.Var[str]) -> rx.Component:
    """Coloured only where it asks for attention; the stylesheet decides."""
    return rx.el.span(label, class_name=f"badge {priority}")


def tag_badge(tag: rx.Var[ShownTag]) -> rx.Component:
    """Its colour beside its name: a row has no room for more of it."""
    return rx.el.span(
        rx.el.span(class_name=f"dot hue-{tag.hue}"), tag.name, class_name="badge of-tag"
    )


def unread_badge(count: rx.Var[int]) -> rx.Component:
    """The number for the eye, `N unread` for everybody else."""
    return rx.el.span(
        rx.el.span(count, aria_hidden="true"),
        rx.el.span(" unread", class_name="unseen"),
        role="img",
        aria_label=f"{count} unread",
        class_name="count",
    )
