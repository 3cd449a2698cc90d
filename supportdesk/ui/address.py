"""Which ticket the page is about."""

import reflex as rx
from reflex_base.vars import VarData

from supportdesk.state.inbox import InboxState

# The browser knows it from the address before the server has said anything.
_in_address: rx.Var[str] = rx.Var(
    _js_expr='(address["*"] ?? "")',
    _var_type=str,
    _var_data=VarData(
        imports={"react-router": "useParams"}, hooks={"const address = useParams()": None}
    ),
)

open_number = rx.cond(InboxState.loaded, InboxState.open_number, _in_address)
"""Its number; empty on the list."""
