"""What happened in the demo: each story is told three times, with other orders and products.

A line is `who: text`; who is `buyer`, `seller`, `admin`, `staff` (a seller's note that the buyer
does not see) or `admins` (an admin's note for admins).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    subject: str
    lines: tuple[str, ...]
    type: str = "problem"
    priority: str = "medium"
    status: str = "open"
    by_seller: bool = False
    """Filed by the seller, to the platform."""
    category: str = ""
    tags: tuple[str, ...] = ()


ORDERS = ("20311", "20474", "20518")
PRODUCTS = ("linen shirt", "desk lamp", "rain jacket")

STORIES = (
    Story(
        "Parcel marked delivered, nothing here",
        (
            "buyer: Tracking says order {order} was handed over at 10:20, but nobody rang and "
            "there is nothing at the door.",
            "seller: Sorry about this. I have asked the carrier for the delivery photo.",
            "staff: Third one from this depot this week. Can the platform raise it with them?",
            "admins: Raised with the carrier's account manager, case 88213.",
            "seller: The photo is of another house. A new {product} leaves today by express, at "
            "no charge.",
        ),
        priority="urgent",
        status="in_progress",
        category="Delivery",
        tags=("carrier", "vip"),
    ),
    Story(
        "Charged twice for order {order}",
        (
            "buyer: There are two charges for the {product} on my card, both from the same minute.",
            "seller: I only see one payment on our side. Could you send me the last four digits "
            "of the card and the amounts?",
            "buyer: Ends in 4410, twice the full price.",
            "admin: The second one is a reservation that falls away by itself within three "
            "working days. If it is still there on Friday, write here and we refund it by hand.",
        ),
        priority="high",
        status="waiting_on_customer",
        category="Payment",
        tags=("refund",),
    ),
    Story(
        "Wrong size, can I change it?",
        (
            "buyer: The {product} from order {order} is too small. Do you have it one size up?",
            "seller: We do. Send the first one back with the label in the box; I have put the "
            "larger one aside for you.",
            "buyer: Posted this morning, thank you.",
            "seller: It has arrived, and yours is on its way.",
            "buyer: Perfect, that was quick.",
        ),
        type="question",
        status="resolved",
        category="Returns",
        tags=("exchange",),
    ),
    Story(
        "Arrived damaged",
        (
            "buyer: The box was open at one corner and the {product} has a scratch along the side.",
            "seller: That should not happen. Would you rather have a new one or 30 % back?",
            "buyer: A new one please, it is a present.",
            "staff: Packed without the inner carton. I have told the warehouse.",
        ),
        priority="high",
        status="in_progress",
        category="Returns",
        tags=("damaged", "exchange"),
    ),
    Story(
        "Can I change the delivery address?",
        (
            "buyer: I move on the 28th. Can order {order} go to the new place?",
            "seller: It has not left yet. What is the new address?",
            "buyer: 14 Mill Lane, second floor, same town.",
            "seller: Changed. You will get a new confirmation in a minute.",
        ),
        type="question",
        priority="low",
        status="resolved",
        category="Delivery",
    ),
    Story(
        "Invoice without VAT number",
        (
            "buyer: The invoice for {order} lacks our VAT number, so accounting sends it back to "
            "me.",
            "seller: Please tell me the number and the exact company name.",
        ),
        status="waiting_on_customer",
        category="Payment",
        tags=("invoice",),
    ),
    Story(
        "Payout missing for last month",
        (
            "seller: The payout for last month has not arrived. The dashboard says it was sent "
            "on the 3rd.",
            "admin: The bank returned it: the account number has one digit too many. Could you "
            "check it in your settings?",
            "seller: Right, that was my typo. It is corrected now.",
            "admin: Thank you. It leaves again tonight.",
            "admins: Second return this quarter. Worth a check digit in the form.",
        ),
        priority="high",
        status="in_progress",
        by_seller=True,
        category="Payment",
        tags=("payout",),
    ),
    Story(
        "Bulk upload stops at 500 products",
        (
            "seller: When I upload my catalogue it stops after 500 rows without an error.",
            "admin: Which browser do you use there, and how large is the file?",
        ),
        status="waiting_on_customer",
        by_seller=True,
        category="Shop and account",
        tags=("bug",),
    ),
    Story(
        "Refund has not arrived",
        (
            "buyer: You wrote on Monday that the refund for {order} was on its way. Nothing yet.",
            "seller: I sent it the same day. Banks take up to five working days.",
            "buyer: Today is the seventh.",
            "admin: I have looked it up: it was refunded to the old card. We have sent it again "
            "by transfer, and the reference is RF-{order}.",
        ),
        priority="urgent",
        category="Payment",
        tags=("refund", "vip"),
    ),
    Story(
        "How do I clean the {product}?",
        (
            "buyer: There is no label. Cold water, or not at all?",
            "seller: Cold, by hand, and let it dry in the shade. I will add that to the page.",
        ),
        type="question",
        priority="low",
        status="closed",
        category="Product",
    ),
    Story(
        "Part missing from the box",
        (
            "buyer: Everything is there but the small bag with the screws.",
            "seller: I am sending one by letter today. It needs no signature.",
        ),
        category="Delivery",
        tags=("damaged",),
    ),
    Story(
        "Please show the size chart in centimetres",
        (
            "buyer: I never know what a 10 is. Could you show centimetres too?",
            "seller: Good idea. We are measuring everything anew this month.",
        ),
        type="feature_request",
        priority="low",
        category="Product",
    ),
    Story(
        "Voucher is not accepted",
        (
            "buyer: WELCOME10 says it has expired, but your letter came yesterday.",
            "seller: The letter had last month's code. Here is yours: HELLO-{order}.",
            "buyer: That one works.",
        ),
        status="resolved",
        category="Payment",
    ),
    Story(
        "Is the {product} coming back?",
        ("buyer: It has been out of stock for weeks. Is it worth waiting?",),
        type="question",
        category="Product",
    ),
    Story(
        "Account shows somebody else's order",
        (
            "buyer: Under my orders there is one from a town I have never been to.",
            "admin: Thank you for telling us at once. We are looking into it, and nothing of "
            "yours was visible to others.",
            "admins: Shared e-mail address of two people in one household. Confirmed by phone.",
            "admin: It belongs to somebody who signed up with your address. We have separated "
            "the two accounts.",
        ),
        priority="urgent",
        status="resolved",
        category="Shop and account",
        tags=("privacy",),
    ),
    Story(
        "Vacation mode for my shop",
        (
            "seller: I am away for two weeks in May. Can orders pause without the shop being "
            "hidden?",
            "admin: Not yet, but it is on our list. For now, a longer delivery time does it.",
        ),
        type="feature_request",
        by_seller=True,
        category="Shop and account",
    ),
    Story(
        "Order {order} was cancelled by itself",
        (
            "buyer: I got a message that my order was cancelled. I did not do that.",
            "seller: The payment was not confirmed in time. If you still want the {product}, I "
            "keep one for you until tomorrow evening.",
            "buyer: Yes please. Paid just now.",
        ),
        status="open",
        category="Payment",
    ),
)
