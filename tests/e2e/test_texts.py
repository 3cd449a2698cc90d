"""What people write is shown as they wrote it, and as nothing else."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from supportdesk.domain.markup import render
from supportdesk.domain.text import clean
from tests.domain.test_fuzzed_messages import fuzzed
from tests.e2e.conftest import Browsers
from tests.support.seed import BUYER, SELLER, Seed

TEXTS = {
    "html": "<img src=x onerror=alert(1)><b>bold</b><script>alert(1)</script>",
    "not markup": "# No title, [no](javascript:alert(1)) <code>, & &amp; {{7+7}} ${7+7}",
    "emoji": "👩🏽‍🚒 🇺🇦 é e\u0301 ñ ß 漢字 ไทย",
    "right to left": "مرحبا، الطلب ٢٠٣١١ لم يصل بعد",
    "both ways": "مرحبا Nora, \u202elmth.exe",
    "word": "null",
}


# Where these words of a message begin on the screen.
_PLACES = """(said, words) => {
    const walk = document.createTreeWalker(said.querySelector('.bubble'), NodeFilter.SHOW_TEXT);
    const text = walk.nextNode(), range = document.createRange();
    return words.map((word) => {
        range.setStart(text, text.data.indexOf(word));
        range.setEnd(text, range.startOffset + word.length);
        return range.getBoundingClientRect().left;
    });
}"""
# What a browser makes of messages that is more than text with a little markup.
_BROKEN_OUT = """(messages) => messages.flatMap((message) => {
    const box = document.createElement('div');
    box.innerHTML = message;
    const tags = 'P BR STRONG EM S CODE PRE UL OL LI BLOCKQUOTE A'.split(' ');
    const named = ['href', 'target', 'rel', 'start'];
    return [...box.querySelectorAll('*')].filter((each) => !tags.includes(each.tagName)
        || [...each.attributes].some((attribute) => !named.includes(attribute.name))
        || (each.href && !/^(https?|mailto):/.test(each.href))).map((each) => each.outerHTML);
})"""


async def test_text_is_shown_as_it_was_written_and_markup_is_drawn(
    browsers: Browsers, seed: Seed
) -> None:
    people = seed.person(BUYER, "Nora"), seed.person(SELLER, "Theo")
    ticket = seed.ticket(*people)
    both = await asyncio.gather(*(browsers.open(who, who.page(ticket)) for who in people))
    for screen in both:
        await screen.ready(ticket.number)
    buyer, seller = both
    seller.alter().on("dialog", lambda dialog: pytest.fail("a message ran as a script"))
    for count, text in enumerate(TEXTS.values(), 2):
        await buyer.send(text)
        for screen in both:
            await expect(screen.messages).to_have_count(count)
            said = screen.messages.last
            await expect(said).to_contain_text(clean(text), use_inner_text=True)
            assert await said.locator("img, script, a, code, em, strong, h1").count() == 0
        await expect(seller.row(ticket.number)).to_contain_text(clean(text), use_inner_text=True)
    both_ways = seller.messages.filter(has_text="lmth.exe")
    arabic, latin = await both_ways.evaluate(_PLACES, ["مرحبا", "Nora"])
    assert latin < arabic
    drawn = [render(each) for each in map(clean, fuzzed(2_000, seed=3))]
    assert await seller.page.evaluate(_BROKEN_OUT, drawn) == []
    await seller.page.reload()
    for number, text in enumerate(TEXTS.values(), 1):
        await expect(seller.messages.nth(number)).to_contain_text(clean(text), use_inner_text=True)

    await buyer.send("**Twice** charged, see [the bill](https://bank.example/1) :disappointed:")
    for screen in both:
        said = screen.messages.last
        await expect(said.locator("strong")).to_have_text("Twice")
        await expect(said).to_contain_text("😞")
        link = said.get_by_role("link", name="the bill")
        await expect(link).to_have_attribute("target", "_blank")
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
