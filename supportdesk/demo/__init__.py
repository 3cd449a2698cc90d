"""The demo: a few people with a known password and some fifty tickets, on an embedded desk only.

`stories` is what they wrote, `load` puts it into the database at made-up times of the last weeks.
"""

from supportdesk.demo.load import load

__all__ = ["load"]
