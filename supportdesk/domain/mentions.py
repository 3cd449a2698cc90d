"""`@Name` in a text: who is meant by it. Pure: no database.

A mention is plain text, as it was typed. Whom it names is settled when the message is saved, and
kept with the message together with the name of then: so it stays right whoever is renamed, and
copying, searching, editing and quoting need to know nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

# Ids, by the name as people write it. Two people may have the same one: then both are meant.
Named = tuple[tuple[str, str], ...]


@lru_cache(maxsize=500)
def pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds `@` and one of the names, the longest that fits."""
    longest_first = sorted(names, key=len, reverse=True)
    choice = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![\w@])@({choice})(?!\w)", re.IGNORECASE)


def by_name(mentions: Mapping[str, str]) -> Named:
    """Each name with the ids of those who have it, separated by spaces."""
    ids: dict[str, list[str]] = {}
    for id_, name in sorted(mentions.items()):
        ids.setdefault(name.lower(), []).append(id_)
    return tuple((name, " ".join(who)) for name, who in ids.items())


def mentioned_in(texts: Iterable[str], people: Mapping[str, str]) -> dict[str, str]:
    """Of these people, by id, those whom the text names; with the names as they are now."""
    if not people:
        return {}
    finds = pattern(tuple(sorted(set(people.values()))))
    found = {each.lower() for text in texts for each in finds.findall(text)}
    return {id_: name for id_, name in people.items() if name.lower() in found}
