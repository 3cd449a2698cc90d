"""A field and the list of what it finds, after the combobox pattern: the package cmdk, unstyled.

The browser filters what is there as one types; arrows choose, Enter does it.
"""

from typing import Any, ClassVar

from reflex_base.components.component import Component, field
from reflex_base.event import EventHandler, no_args_event_spec, passthrough_event_spec
from reflex_base.utils.imports import ImportDict, ImportVar
from reflex_base.vars.base import Var
from reflex_components_core.base.fragment import Fragment

_LIBRARY = "cmdk@1.1.1"

# As the server finds tickets: by a part of what is written there, not by letters here and there.
CONTAINS: Var[Any] = Var(
    "(words, typed) => words.toLowerCase().includes(typed.trim().toLowerCase()) ? 1 : 0"
)


class _Part(Component):
    library = _LIBRARY


class CommandMenu(_Part):
    tag = "CommandRoot"

    label: Var[str] = field(doc="The name of the field.")
    filter: Var[Any] = field(doc="Tells of a value and what is typed whether it is found: 1 or 0.")
    loop: Var[bool] = field(doc="Whether the last is followed by the first.")


class CommandInput(_Part):
    tag = "CommandInput"

    value: Var[str] = field(doc="What is typed.")
    placeholder: Var[str] = field(doc="Shown while nothing is.")
    on_value_change: EventHandler[passthrough_event_spec(str)] = field(doc="Told what is typed.")


class CommandList(_Part):
    tag = "CommandList"

    label: Var[str] = field(doc="The name of the list.")


class CommandGroup(_Part):
    tag = "CommandGroup"

    heading: Var[str] = field(doc="What its entries have in common.")


class CommandItem(_Part):
    tag = "CommandItem"

    value: Var[str] = field(doc="What it is found by, and no other has.")
    on_select: EventHandler[no_args_event_spec] = field(doc="Fired when it is chosen.")


class CommandEmpty(_Part):
    tag = "CommandEmpty"


class CommandChosen(Fragment):
    """Tells screen readers which entry is chosen, inside a `CommandMenu` and its element `menu`.

    The package does so for the arrow keys, and forgets it when typing chooses another one. Each
    menu draws its own in an `rx.memo`: outside of a component the hooks would run outside of the
    menu.
    """

    menu: ClassVar[str]

    def add_imports(self) -> ImportDict | list[ImportDict]:
        return {_LIBRARY: ImportVar(tag="useCommandState"), "react": ImportVar(tag="useEffect")}

    def add_hooks(self) -> list[str | Var[str]]:
        chosen = f"document.querySelector('{self.menu} [cmdk-item][aria-selected=true]')?.id ?? ''"
        field = f"document.querySelector('{self.menu} [cmdk-input]')"
        return [
            "useCommandState((menu) => `${menu.value} ${menu.search} ${menu.filtered.count}`)",
            f"useEffect(() => {field}?.setAttribute('aria-activedescendant', {chosen}))",
        ]


root = CommandMenu.create
input_ = CommandInput.create
list_ = CommandList.create
group = CommandGroup.create
item = CommandItem.create
empty = CommandEmpty.create
