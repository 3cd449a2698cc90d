"""Something happens when a place scrolls into view."""

from reflex_base.components.component import Component, field
from reflex_base.event import EventHandler, passthrough_event_spec
from reflex_base.vars.base import Var


class InView(Component):
    """`on_change` is told whether the children are in view, each time that changes."""

    library = "react-intersection-observer@11.0.1"
    tag = "InView"

    root_margin: Var[str] = field(doc="How far outside the window still counts, as in CSS.")
    initial_in_view: Var[bool] = field(doc="What to take for granted before the first look.")
    on_change: EventHandler[passthrough_event_spec(bool)] = field(doc="Fired when it changes.")


in_view = InView.create
