"""Ten thousand things that somebody may send: shown safely, stored as they are, or refused."""

from __future__ import annotations

import asyncio
import random
from html.parser import HTMLParser

import pytest

from supportdesk.domain.commands import messages
from supportdesk.domain.errors import Invalid
from supportdesk.domain.markup import render, words
from supportdesk.domain.queries import thread
from supportdesk.domain.text import check_body, is_blank

MANY = 10_000
_PIECES = [
    "plain words", " ", "\n", "\n\n", "\r\n", "\t", "x" * 300, "ä", "e\u0301", "漢字", "مرحبا",
    "\x00", "\x07", "\x1b[31m", "\x7f", "\u202e", "\u2066", "\u2069", "\u200f", "\u200b", "\ufeff",
    "\ud800", "\udfff", "\uffff", "\U0010ffff", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪", "☠️", "\u20e3",
    "**", "*", "_", "~~", "`", "```", "> ", "- ", "1. ", "[", "](", ")", "![", "<", ">", "\\", "|",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>", "<iframe srcdoc='<script>'>", "<!--", "-->", "<![CDATA[",
    "</textarea>", "</script>", "&lt;", "&#x3c;", "&amp;", "&NewLine;", "\"", "'", "{{7*7}}",
    "javascript:alert(1)", "data:text/html,x", "JaVa\tScRiPt:x", "https://shop.example/a?b=1",
    "https://shop.example/\u202egpj.exe", "//elsewhere.example", "mailto:a@b.example", "file:///etc",
    ":+1:", ":no_such_emoji:", "'; DROP TABLE message; --", "%s%n", "../../etc/passwd",
]  # fmt: skip
_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a"}
_ATTRIBUTES = {"href", "target", "rel", "start"}


class _Safe(HTMLParser):
    """Fails on anything but what `domain/markup` promises."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS
        for name, value in attrs:
            assert name in _ATTRIBUTES
            if name == "href":
                assert (value or "").split(":")[0].lower() in {"http", "https", "mailto"}

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")


def fuzzed(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [
        "".join(chance.choices(_PIECES, k=chance.choice((1, 2, 5, 12, 40)))) for _ in range(count)
    ]


def test_whatever_is_written_is_drawn_without_a_tag_of_its_own():
    accepted = 0
    for written in fuzzed(MANY, seed=1):
        try:
            body = check_body(written)
        except Invalid as error:
            assert "Write something" in str(error) or "characters long" in str(error)
            continue
        accepted += 1
        drawn = render(body)
        parser = _Safe(convert_charrefs=True)
        parser.feed(drawn)
        parser.close()
        assert "\n" not in words(body)
        assert not is_blank(words(body))
    assert accepted > MANY * 0.9


@pytest.mark.slow
async def test_what_is_accepted_is_stored_as_it_is_and_nothing_else_is(cast, ticket):
    accepted = []
    for written in fuzzed(MANY, seed=2):
        try:
            accepted.append(check_body(written))
        except Invalid:
            continue
    gate = asyncio.Semaphore(8)

    async def post(body: str) -> tuple[int, str]:
        async with gate:
            return (await messages.post(cast.bea, ticket, body)).seq, body

    said = dict(await asyncio.gather(*map(post, accepted)))
    stored = (await thread.stretch_for(cast.sol, ticket, 1, 10_000)).lines
    assert {line.seq: line.body for line in stored if line.seq in said} == said
