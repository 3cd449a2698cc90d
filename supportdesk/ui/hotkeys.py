"""Keys that do something wherever one is on the page, except where one is typing."""

from __future__ import annotations

from reflex_base.components.component import field
from reflex_base.components.tags.tag import Tag
from reflex_base.event import EventHandler, no_args_event_spec
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.base import LiteralVar, Var
from reflex_components_core.base.fragment import Fragment

# What lies over the page has keys of its own.
_COVERED = "document.querySelector('[role=dialog],[role=alertdialog],dialog[open],[role=menu]')"

# A checkbox takes the space bar alone.
_TYPED_IN = "input:not([type=checkbox])"


class Hotkey(Fragment):
    """`keys` as react-hotkeys-hook spells them: by what they write, in any layout."""

    keys: Var[str] = field(doc="One or several, separated by commas: `j, down`.")
    in_fields: Var[bool] = field(doc="Also while one is typing.")
    repeats: Var[bool] = field(doc="Again and again for as long as it is held.")
    within: Var[str] = field(doc="Only while the focus is inside what this selector finds.")
    outside: Var[str] = field(doc="Not while the focus is inside what this selector finds.")
    on_press: EventHandler[no_args_event_spec] = field(doc="Fired when it is pressed.")

    def _exclude_props(self) -> list[str]:
        own = ["keys", "in_fields", "repeats", "within", "outside", "on_press"]
        return [*super()._exclude_props(), *own]

    def _render(self, props: dict[str, object] | None = None) -> Tag:
        return super()._render(props).remove_props("on_press")

    def add_imports(self) -> dict[str, ImportVar]:
        return {"react-hotkeys-hook@5.4.0": ImportVar(tag="useHotkeys")}

    def add_hooks(self) -> list[str | Var[str]]:
        pressed = LiteralVar.create(self.event_triggers["on_press"])
        typing = "false" if self.in_fields is not None else f"event.target.matches('{_TYPED_IN}')"
        # What an input method makes of a key is its own, and what a list has used is done with.
        elsewhere = [typing, "event.isComposing", "event.defaultPrevented"]
        if self.within is not None:
            elsewhere.append(f"!event.target.closest({self.within!s})")
        if self.outside is not None:
            elsewhere.append(f"!!event.target.closest({self.outside!s})")
        held = "false" if self.repeats is not None else "event.repeat"
        fields = "['input']" if self.in_fields is None else self.in_fields
        options = (
            f"{{useKey: true, preventDefault: true, enableOnFormTags: {fields!s}, "
            f"ignoreEventWhen: (event) => {held} || {' || '.join(elsewhere)} || !!{_COVERED}}}"
        )
        hook = f"useHotkeys({self.keys!s}, {pressed!s}, {options})"
        return [Var(hook, _var_type=str, _var_data=pressed._get_all_var_data())]


hotkey = Hotkey.create
