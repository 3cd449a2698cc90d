"""The mark of the desk."""

import reflex as rx


def mark() -> rx.Component:
    return rx.el.img(src="/favicon.svg", alt="")


def wordmark(href: str) -> rx.Component:
    """The mark and the name, leading home."""
    return rx.el.a(mark(), rx.el.span("supportdesk"), href=href, class_name="brand")
