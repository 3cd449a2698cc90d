"""Whether somebody looks at the tab: told to the server whenever that changes."""

from __future__ import annotations

import reflex as rx
from reflex_base.components.component import field
from reflex_base.components.tags.tag import Tag
from reflex_base.event import EventHandler, no_args_event_spec
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import LiteralVar, Var
from reflex_components_core.base.fragment import Fragment

from supportdesk.realtime.browser import Attention
from supportdesk.state.presence import PresenceState, idle

# As long as one may well read without touching anything.
IDLE_AFTER_MS = 5 * 60_000


class IdleTimer(Fragment):
    """Neither mouse, key nor touch for `timeout` milliseconds, and then again one of them."""

    timeout: Var[int] = field(doc="For so many milliseconds.")
    on_idle: EventHandler[no_args_event_spec] = field(doc="Fired when nothing has moved so long.")
    on_active: EventHandler[no_args_event_spec] = field(doc="Fired when something moves again.")

    def _exclude_props(self) -> list[str]:
        return [*super()._exclude_props(), "timeout", "on_idle", "on_active"]

    def _render(self, props: dict[str, object] | None = None) -> Tag:
        return super()._render(props).remove_props("on_idle", "on_active")

    def add_imports(self) -> dict[str, ImportVar]:
        return {"react-idle-timer@5.7.3": ImportVar(tag="useIdleTimer")}

    def add_hooks(self) -> list[str | Var[str]]:
        on_idle, on_active = (
            LiteralVar.create(self.event_triggers[name]) for name in ("on_idle", "on_active")
        )
        hook = (
            f"useIdleTimer({{timeout: {self.timeout!s}, eventsThrottle: 500,"
            f" onIdle: () => ({on_idle!s})(), onActive: () => ({on_active!s})()}})"
        )
        data = VarData.merge(on_idle._get_all_var_data(), on_active._get_all_var_data())
        return [Var(hook, _var_type=str, _var_data=data)]


def attention() -> rx.Component:
    """What is lost with a connection is asked for on the next arrival."""
    return rx.fragment(
        rx.window_event_listener(
            on_visibility_change=lambda hidden: (
                PresenceState.note_attention(
                    rx.cond(hidden, Attention.HIDDEN.value, Attention.HERE.value)
                ).temporal
            ),
        ),
        IdleTimer.create(
            timeout=IDLE_AFTER_MS,
            on_idle=[idle.set_value(True), _tell(Attention.IDLE)],
            on_active=[idle.set_value(False), _tell(Attention.HERE)],
        ),
        idle,
    )


def _tell(attention: Attention) -> rx.event.EventSpec:
    """A tab that nobody can see is hidden, whatever moves."""
    now = rx.Var(f"(document.hidden ? '{Attention.HIDDEN}' : '{attention}')").to(str)
    return PresenceState.note_attention(now).temporal
