"""A part of the page that listens to keys: Reflex lets only fields do so."""

from reflex_base.components.component import field
from reflex_base.event import EventHandler, key_event
from reflex_components_core.el.elements.typography import Div


class KeyArea(Div):
    on_key_down: EventHandler[key_event] = field(doc="Fired for each key, after the field's own.")


key_area = KeyArea.create
