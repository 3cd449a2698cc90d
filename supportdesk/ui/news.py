"""What just came, heard and seen where nobody looks at it: a sound, and what the browser shows.

All tabs of a person are told of the same news. One of them takes it up: the one in which it can be
seen already, where it stays quiet; else one that is in sight; else any. Which has is noted in the
browser's storage, under a lock where the browser has locks, so that nothing is heard twice.

What the browser shows goes when there is less to be told of: it was read elsewhere, or deleted.
"""

from __future__ import annotations

import reflex as rx
from reflex_base.components.component import field
from reflex_base.components.tags.tag import Tag
from reflex_base.event import EventHandler, no_args_event_spec
from reflex_base.utils.imports import ImportVar
from reflex_base.vars import VarData
from reflex_base.vars.base import LiteralVar, Var
from reflex_components_core.base.fragment import Fragment

from supportdesk.state.notifications import SHOWN_APART, NotificationState
from supportdesk.state.thread import ThreadState

MESSAGE_SOUND, MENTION_SOUND = "/sounds/message.wav", "/sounds/mention.wav"
_HEARD = "supportdesk-heard"
# So long the others wait for a tab that has it in view, or is at least in sight.
_IN_SIGHT_MS, _OUT_OF_SIGHT_MS = 100, 400


class News(Fragment):
    news: Var[dict] = field(doc="The latest: when, where, whether it is a mention, and what of it.")
    open: Var[str] = field(doc="The conversation that this tab shows.")
    unread: Var[int] = field(doc="How much there is that one has not seen.")
    on_apart: EventHandler[no_args_event_spec] = field(doc="Fired to have the browser show it.")

    def _exclude_props(self) -> list[str]:
        return [*super()._exclude_props(), "news", "open", "unread", "on_apart"]

    def _render(self, props: dict[str, object] | None = None) -> Tag:
        return super()._render(props).remove_props("on_apart")

    def add_imports(self) -> dict[str, list[ImportVar]]:
        return {"react": [ImportVar(tag="useEffect"), ImportVar(tag="useRef")]}

    def add_hooks(self) -> list[str | Var[str]]:
        apart = LiteralVar.create(self.event_triggers["on_apart"])
        hook = f"""useEffect(() => {{
            const news = {self.news!s};
            if (!news.at) return;
            const inSight = document.visibilityState === 'visible';
            const inView = inSight && news.conversation === {self.open!s};
            const takeUp = async () => {{
                if ((localStorage.getItem('{_HEARD}') ?? '') >= news.at) return;
                localStorage.setItem('{_HEARD}', news.at);
                if (inView) return;
                const sound = news.mention ? '{MENTION_SOUND}' : '{MESSAGE_SOUND}';
                if (news.sound) await new Audio(sound).play().catch(() => null);
                if (news.browser && !document.hasFocus()
                    && window.Notification?.permission === 'granted') ({apart!s})();
            }};
            const wait = inView ? 0 : inSight ? {_IN_SIGHT_MS} : {_OUT_OF_SIGHT_MS};
            setTimeout(() => navigator.locks?.request('{_HEARD}', takeUp) ?? takeUp(), wait);
        }}, [{self.news!s}.at]);
        const lately = useRef(0);
        useEffect(() => {{
            if ({self.unread!s} < lately.current)
                {SHOWN_APART}.splice(0).forEach((each) => each.close());
            lately.current = {self.unread!s};
        }}, [{self.unread!s}])"""
        parts = (self.news, self.open, self.unread, apart)
        data = VarData.merge(*(part._get_all_var_data() for part in parts))
        return [Var(hook, _var_type=str, _var_data=data)]


def news(*, beside_tickets: bool) -> rx.Component:
    """Elsewhere no conversation is in view, whatever was open before."""
    return News.create(
        news=NotificationState.news,
        open=ThreadState.facts.id if beside_tickets else "",
        unread=NotificationState.unread,
        on_apart=NotificationState.show_apart,
    )
