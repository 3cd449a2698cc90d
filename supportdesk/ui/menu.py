"""A menu behind a button: Radix's, unstyled, with its keyboard and focus behaviour."""

from typing import Any

from reflex_base.components.component import Component, field
from reflex_base.event import EventHandler, no_args_event_spec, passthrough_event_spec
from reflex_base.vars.base import Var
from reflex_components_radix.primitives.base import RadixPrimitiveComponent

from supportdesk.ui import focus


class MenuPart(RadixPrimitiveComponent):
    library = "@radix-ui/react-dropdown-menu@2.2.1"


class MenuRoot(MenuPart):
    tag = "Root"
    alias = "MenuRoot"

    modal: Var[bool] = field(doc="Whether what is outside is out of reach while it is open.")
    on_open_change: EventHandler[passthrough_event_spec(bool)] = field(doc="Opened or closed.")


class MenuTrigger(MenuPart):
    tag = "Trigger"
    alias = "MenuTrigger"


class MenuContent(MenuPart):
    tag = "Content"
    alias = "MenuContent"

    side: Var[str] = field(doc="On which side of the trigger it opens, room permitting.")
    align: Var[str] = field(doc="Which edges line up: start, center or end.")
    side_offset: Var[int] = field(doc="The gap to the trigger in pixels.")
    collision_padding: Var[int] = field(doc="The least gap to the edge of the window in pixels.")


class MenuItem(MenuPart):
    tag = "Item"
    alias = "MenuItem"

    disabled: Var[bool] = field(doc="Whether it is there to be read only.")
    on_select: EventHandler[no_args_event_spec] = field(doc="Fired when it is chosen.")


class MenuSub(MenuPart):
    """A menu in the menu."""

    tag = "Sub"
    alias = "MenuSub"


class MenuSubTrigger(MenuPart):
    tag = "SubTrigger"
    alias = "MenuSubTrigger"


class MenuSubContent(MenuContent):
    tag = "SubContent"
    alias = "MenuSubContent"


def item(*children: Component, on_select: Any = (), **props: Any) -> Component:
    """What is chosen may open a dialog: it gives the focus back to the button of this menu."""
    chosen = on_select if isinstance(on_select, list | tuple) else [on_select]
    return MenuItem.create(*children, on_select=[focus.note_menu(), *chosen], **props)


root = MenuRoot.create
trigger = MenuTrigger.create
content = MenuContent.create
sub = MenuSub.create
sub_trigger = MenuSubTrigger.create
sub_content = MenuSubContent.create
