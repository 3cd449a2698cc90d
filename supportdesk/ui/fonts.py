"""Inter, served with the app: its npm package brings the files, the build copies them."""

import reflex as rx
from reflex_base.utils.imports import ImportDict


class Inter(rx.Fragment):
    """Draws nothing; a page that contains it has the font."""

    lib_dependencies: list[str] = ["@fontsource-variable/inter@5.3.0"]

    def add_imports(self) -> ImportDict:
        return {"": "@fontsource-variable/inter/index.css"}


inter = Inter.create
