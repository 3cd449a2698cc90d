"""Initials on a colour that stays the same for a person."""

import reflex as rx


def avatar(initials: rx.Var[str], hue: rx.Var[int], size: str = "") -> rx.Component:
    """Decoration: the name always stands beside it."""
    return rx.el.span(initials, aria_hidden="true", class_name=f"avatar {size} hue-{hue}")
