"""What people are called and what they write about."""

from __future__ import annotations

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words("""
    Anna Ben Clara David Elena Felix Greta Hugo Irene Jonas Karin Luca Maria Nora Oskar Paula
    Quentin Rosa Simon Tessa Uwe Vera Walter Xenia Yara Zeno Amir Bianca Carlos Dilara Emil Fatma
    George Hanna Ivan Julia Kofi Lena Milan Nadia Olga Pablo Rana Stefan Theo Ursula Viktor Wanda
""")
LAST_NAMES = _words("""
    Albers Berger Conti Duarte Eklund Fischer Garcia Hansen Ivanov Jansen Keller Lehmann Moreau
    Novak Okafor Petrov Quirke Rossi Schmidt Tanaka Ulrich Vasquez Weber Xu Yilmaz Zimmer Arslan
    Bakker Costa Dubois Engel Ferrari Gruber Haas Ito Jovanov Kowalski Larsen Meyer Nielsen Olsen
    Pereira Richter Sato Thomas Urban Vogel Wolf Yamada Ziegler Brandt Cerny Dimitrov Evans
""")
TEAMS = (
    "Returns", "Payments", "Shipping", "Accounts", "Large orders", "Quality", "Legal",
)  # fmt: skip
TAGS = _words("""
    vip refund delivery damaged invoice repeat fragile warranty fraud-check escalated gift customs
    urgent-call import wholesale prepaid courier photo-needed follow-up supplier translation
    chargeback recall beta newsletter press legal-hold event holiday seasonal partner pilot
    manual-review oversize perishable insured replaced resent discount goodwill
""")
CATEGORIES = ("Delivery", "Payment", "Product", "Account", "Return", "Other")

_PRODUCTS = _words("""
    lamp chair table kettle rug mirror desk shelf clock blender toaster heater fan tent backpack
    bicycle helmet keyboard monitor headset charger speaker camera tripod printer scanner curtain
    mattress pillow blanket teapot vase candle notebook pen easel guitar ukulele drum violin
""")
_TROUBLES = (
    "never arrived", "is broken", "flickers", "has the wrong colour", "is missing a part",
    "was charged twice", "cannot be cancelled", "does not fit", "makes a noise", "came too late",
)  # fmt: skip
_SUBJECTS = (
    "The {product} {trouble}", "Order {order}: the {product} {trouble}",
    "Question about the {product}", "Where is order {order}?", "Please change order {order}",
    "Invoice for order {order}", "The {product} and the {other}", "A new {product} instead",
)  # fmt: skip
_SENTENCES = (
    "My order {order} has not arrived yet.", "The {product} of this order {trouble}.",
    "I have looked at your order and will send a new {product}.", "Thank you, that helps.",
    "Could you send a photo of the {product}?", "We have asked the courier about the order.",
    "It should be with you within three days.", "The {product} works, but the {other} {trouble}.",
    "Please tell me when the refund for my order comes.", "The money is on its way.",
    "I would rather have the {other} than the {product}.", "We are sorry about the trouble.",
    "Is there any news about my order?", "The parcel stands at the depot since Monday.",
    "Your order was packed together with the {other}.", "I will be at home on Friday afternoon.",
    "The {product} was in a box with the {other}.", "We can offer a discount on the next order.",
    "Nobody has answered my question about the {product}.", "The number of the order is {order}.",
)  # fmt: skip
# How often one of these is added to a message: what a search has to cope with, from often to once.
RARE_WORDS = {
    "warranty": 0.05,
    "customs": 0.01,
    "depreciation": 0.001,
    "heliotrope": 0.0001,
    "quokka": 0.00001,
}
_POOL = 4000


class Vocabulary:
    """Sentences that are put together once and used many times, for speed."""

    def __init__(self) -> None:
        chance = Random(11)  # noqa: S311 - variety, not secrecy
        self.subjects = [self._fill(chance.choice(_SUBJECTS), chance) for _ in range(_POOL)]
        self.sentences = [self._fill(chance.choice(_SENTENCES), chance) for _ in range(_POOL)]

    def _fill(self, template: str, chance: Random) -> str:
        return template.format(
            product=chance.choice(_PRODUCTS),
            other=chance.choice(_PRODUCTS),
            trouble=chance.choice(_TROUBLES),
            order=f"MX-{chance.randrange(10_000, 99_999)}",
        )

    def subject(self, chance: Random) -> str:
        return self.subjects[int(chance.random() * _POOL)]

    def body(self, chance: Random) -> str:
        words = self.sentences[int(chance.random() * _POOL)]
        if chance.random() < 0.6:
            words += " " + self.sentences[int(chance.random() * _POOL)]
        if (dice := chance.random()) < 0.07:
            # The rarer, the smaller: each word has its own part of the range.
            for word, share in RARE_WORDS.items():
                if dice < share:
                    return f"{words} About {word}: see case {chance.getrandbits(40):010x}."
                dice -= share
        return words
