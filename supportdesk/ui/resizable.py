"""Panels side by side whose borders can be dragged, or moved with the arrow keys: the package
react-resizable-panels. The browser remembers how wide they are."""

from __future__ import annotations

from typing import Any

from reflex.event import EventChain
from reflex.experimental import ClientStateVar
from reflex.vars import FunctionVar
from reflex_base.components.component import Component, field
from reflex_base.components.tags.tag import CommonTag
from reflex_base.event import EventHandler, passthrough_event_spec
from reflex_base.utils.imports import ImportDict, ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import Var

_LIBRARY = "react-resizable-panels@4.24.0"
_REFS = VarData(imports={"$/utils/state": [ImportVar(tag="refs")]})


class PanelGroup(Component):
    library = _LIBRARY
    tag = "Group"
    alias = "PanelGroup"


class Panel(Component):
    """Sizes are in pixels. A collapsible one has none while it is collapsed, and is as wide when
    it is first drawn as it was when the browser last showed it."""

    library = _LIBRARY
    tag = "Panel"

    default_size: Var[int] = field(doc="Until somebody has dragged it.")
    min_size: Var[int] = field(doc="The least, when it is not collapsed.")
    max_size: Var[int] = field(doc="The most.")
    collapsible: Var[bool] = field(doc="Whether it can be dragged shut.")
    group_resize_behavior: Var[str] = field(doc="What it keeps when the window changes.")
    panel_ref: Var[object] = field(doc="Takes what moves it from outside.")
    on_resize: EventHandler[passthrough_event_spec(dict)] = field(doc="Told its size.")


class Separator(Component):
    library = _LIBRARY
    tag = "Separator"


class RememberedPanel(Panel):
    """Wide screens only: on others it has no size of its own to remember."""

    def add_imports(self) -> ImportDict | list[ImportDict]:
        return {"react": ImportVar(tag="useState")}

    def add_hooks(self) -> list[str | Var[str]]:
        width = kept_width(self.id, self.default_size)
        return [f"const [{_name(self.id)}] = useState(() => {width})"]

    def _render(self, props: dict[str, Any] | None = None) -> CommonTag:
        return super()._render(props).add_props(default_size=Var(_name(self.id)))


group = PanelGroup.create
panel = Panel.create
separator = Separator.create


def remembered_panel(
    *children: Component, id: str, default_size: int, away: ClientStateVar, **props: Any
) -> Component:
    """A panel that `toggle` and `expand` find by its id; `away` tells whether it is collapsed."""
    taken: Var[Any] = Var(f"((handle) => {{ refs['{id}'] = handle; }})", _var_data=_REFS)
    return RememberedPanel.create(
        *children,
        id=id,
        default_size=default_size,
        panel_ref=taken,
        collapsible=True,
        group_resize_behavior="preserve-pixel-size",
        on_resize=lambda size: [
            away.set_value(size["inPixels"].to(int) < 1),
            _keep(id, size["inPixels"]),
        ],
        **props,
    )


def _name(id: object) -> str:
    return f"{str(id).replace('-', '_')}_width"


def kept_width(id: object, otherwise: object) -> str:
    """How wide it was, or 0 when it was collapsed. Pages are also drawn where they are built."""
    width = f"+(localStorage.getItem('{id}') ?? {otherwise!s})"
    return (
        f"typeof localStorage === 'undefined' ? {otherwise!s} : "
        f"localStorage.getItem('{id}-away') ? 0 : {width}"
    )


def _keep(id: str, pixels: Var[int]) -> Var[EventChain]:
    """Its width while it has one, and whether it has one."""
    keep = f"localStorage.setItem('{id}', size), localStorage.removeItem('{id}-away')"
    gone = f"localStorage.setItem('{id}-away', 'yes')"
    there = f"document.getElementById('{id}')?.getClientRects().length"
    return Var(f"(() => ((size) => {there} && (size >= 1 ? ({keep}) : {gone}))({pixels!s}))").to(
        FunctionVar, EventChain
    )


def _told(id: str, expression: str) -> Var[EventChain]:
    return Var(f"(() => ((panel) => {expression})(refs['{id}']))", _var_data=_REFS).to(
        FunctionVar, EventChain
    )


def toggle(id: str, width: int) -> Var[EventChain]:
    """Collapse the panel, or bring it back as wide as it was."""
    back = f"panel.resize(+(localStorage.getItem('{id}') ?? {width}))"
    return _told(id, f"panel && (panel.isCollapsed() ? {back} : panel.collapse())")


def expand(id: str, width: int) -> Var[EventChain]:
    back = f"panel.resize(+(localStorage.getItem('{id}') ?? {width}))"
    return _told(id, f"panel?.isCollapsed() && {back}")
