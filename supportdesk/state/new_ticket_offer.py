"""What the dialog for a new ticket offers, as it is drawn: with what the draft had chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from supportdesk.domain.queries.filing import FieldChoice, Named, Offer, TagChoice, TemplateChoice
from supportdesk.domain.queries.people import SellerChoice


@dataclass(frozen=True, slots=True)
class ShownField(FieldChoice):
    value: str


@dataclass(frozen=True, slots=True)
class ShownTag(TagChoice):
    chosen: bool


@dataclass(frozen=True, slots=True)
class ShownOffer:
    sellers: tuple[SellerChoice, ...] = ()
    categories: tuple[Named, ...] = ()
    templates: tuple[TemplateChoice, ...] = ()
    fields: tuple[ShownField, ...] = ()
    tags: tuple[ShownTag, ...] = ()
    seller: str = ""
    category: str = ""


NOTHING: dict[str, Any] = asdict(ShownOffer())


def shown_offer(offer: Offer, draft: Mapping[str, str]) -> dict[str, Any]:
    """For a variable that lives in the browser."""
    shown = ShownOffer(
        sellers=offer.sellers,
        categories=offer.categories,
        templates=offer.templates,
        fields=tuple(ShownField(**asdict(f), value=draft.get(f.key, "")) for f in offer.fields),
        tags=tuple(
            ShownTag(**asdict(t), chosen=bool(draft.get(f"tag:{t.id}"))) for t in offer.tags
        ),
        seller=draft.get("seller", ""),
        category=draft.get("category", ""),
    )
    return asdict(shown)
