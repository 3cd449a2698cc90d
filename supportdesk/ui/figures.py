"""Numbers as people read them."""

import reflex as rx


def grouped(number: rx.Var[int]) -> rx.Var[str]:
    """`1,284`."""
    return rx.Var(
        _js_expr=f"({number!s}).toLocaleString('en')",
        _var_type=str,
        _var_data=number._get_all_var_data(),
    )
