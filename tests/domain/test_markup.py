"""What becomes of the text that people write."""

from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supportdesk.domain.markup import marked_up, render, words

TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and *italic*", "<p><strong>bold</strong> and <em>italic</em></p>\n"),
        ("`1 * 2 * 3`", "<p><code>1 * 2 * 3</code></p>\n"),
        ("```\nif a < b:\n```", "<pre><code>if a &lt; b:\n</code></pre>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n'),
        ("> said before", "<blockquote>\n<p>said before</p>\n</blockquote>\n"),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>\n"),
        ("fine :+1: `:+1:` at 10:30:45", "<p>fine 👍 <code>:+1:</code> at 10:30:45</p>\n"),
        ("<b onclick=x()>no</b> & so", "<p>&lt;b onclick=x()&gt;no&lt;/b&gt; &amp; so</p>\n"),
        ("# just text", "<p># just text</p>\n"),
        ("![picture](https://a.example/b.png)", None),
    ],
)
def test_a_little_markdown_is_drawn_and_html_is_text(written, shown):
    assert shown is None or render(written) == shown
    assert "<img" not in render(written)


@pytest.mark.parametrize(
    "written",
    [
        "> " * 30 + "deep",
        "- " * 30 + "deep",
        "> - " * 2_000 + "deep",
        "[]()",
        ">",
        "```",
        "1.",
        "*[]()*",
    ],
)
def test_what_would_leave_nothing_to_read_stands_as_it_was_typed(written):
    assert words(written) == written
    assert render(written) == f"<p>{html.escape(written)}</p>\n"


def test_lists_and_quotes_stand_in_each_other_as_deep_as_anybody_writes_them():
    written = "> - one\n>   - two\n>     - three\n>       > four\n>       > - five"
    assert words(written) == "one two three four five"
    assert render(written).count("<li>") == 4


@pytest.mark.parametrize(
    "written", ["https://shop.example/a?b=1", "[the shop](https://shop.example/a?b=1)"]
)
def test_a_link_opens_apart_and_tells_nobody_where_it_was_followed(written):
    link = 'href="https://shop.example/a?b=1" target="_blank" rel="noopener noreferrer nofollow"'
    assert f"<a {link}>" in render(written)


@pytest.mark.parametrize(
    ("words_of_it", "shown"),
    [
        ("https://bank.example", "https://shop.example/a"),
        ("see **www.bank.com**/login", "https://shop.example/a"),
        ("`bank.com`", "https://shop.example/a"),
        ("help@bank.com", "https://shop.example/a"),
        ("shop.example@bank.com", "https://shop.example/a"),
        ("https://www.shop.example/all", "https://www.shop.example/all"),
        ("invoice.pdf", "invoice.pdf"),
        ("the shop", "the shop"),
    ],
)
def test_a_link_does_not_read_as_another_address_than_the_one_it_leads_to(words_of_it, shown):
    assert words(f"[{words_of_it}](https://shop.example/a)") == shown
    assert 'href="https://shop.example/a"' in render(f"[{words_of_it}](https://shop.example/a)")


def test_a_link_to_write_a_letter_shows_to_whom():
    assert words("[help@bank.com](mailto:help@shop.example)") == "mailto:help@shop.example"
    assert words("[help@shop.example](mailto:help@shop.example)") == "help@shop.example"


@pytest.mark.parametrize("written", ["[münchen.de](https://münchen.de)", "https://münchen.de"])
def test_an_address_in_letters_of_its_own_language_is_what_it_reads_as(written):
    assert words(written).endswith("münchen.de")


@pytest.mark.parametrize("written", ["[http://[x](http://[y)", "[bank.com](http://[::1)"])
def test_an_address_that_is_none_does_no_harm(written):
    assert "bank.com" in render(written) or "http://" in render(written)


@pytest.mark.parametrize(
    "written",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](//elsewhere.example)",
        "[x](/admin/tickets)",
        "<javascript:alert(1)>",
        "[x]()",
    ],
)
def test_only_addresses_of_the_web_and_of_mail_become_links(written):
    assert "javascript" not in render(written).lower() or "<a" not in render(written)
    assert "href=" not in render(written)


@pytest.mark.parametrize("written", ["Hello there", "5 * 3", "10:30", "snake_case_name", "#1 !"])
def test_text_without_markup_needs_no_html(written):
    assert marked_up(written) == ""
    assert words(written) == written


@pytest.mark.parametrize(
    ("written", "preview"),
    [
        ("**bold** and\n\n- one\n- two", "bold and one two"),
        ("a < b & c", "a < b & c"),
        ("<i>text</i>", "<i>text</i>"),
        ("[the shop](https://shop.example)", "the shop"),
        ("well done :tada:", "well done 🎉"),
        ("Well,  is it (really) so?", "Well, is it (really) so?"),
    ],
)
def test_a_preview_keeps_the_words_alone(written, preview):
    assert words(written) == preview


@given(st.text("Aé ,.!?;'()-1", min_size=1))
def test_a_preview_of_plain_words_is_what_rendering_them_gives(written):
    rendered = render(written)
    if "<p>" in rendered and "<" not in rendered.removeprefix("<p>").partition("</p>")[0]:
        assert words(written) == " ".join(rendered[3:].partition("</p>")[0].split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


PIECES = (
    "<script>", "</p>", "<a href='", "javascript:", "[", "](", ")", "`", "```\n", "*", "_", "> ",
    "\n", "- ", "1. ", "&lt;", "&#x6a;", "\\", "'", '"', "onerror=", "https://a.example/", "<!--",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30).map("".join))
def test_whatever_is_written_nothing_but_the_few_known_tags_comes_out(written):
    reader = _Reader()
    reader.feed(render(written))
    assert set(reader.tags) <= TAGS
    for name, value in reader.attributes:
        assert name in {"href", "target", "rel", "start"}
        if name == "href":
            assert (value or "").startswith(("http://", "https://", "mailto:"))


@given(st.lists(st.sampled_from(["a", " ", *"*_`~", *"é1.-();'!?,\n"]), max_size=12).map("".join))
@example("a *b*")
@example("a _b_")
@example("a ~~b~~")
@example("a `b`")
@example("a [b](https://a.example)")
@example("a [b.com](https://a.example)")
@example("a :tada:")
@example("a \\( b")
def test_what_needs_no_html_would_be_nothing_but_the_text(written):
    if not marked_up(written):
        assert render(written).strip("\n") in (f"<p>{written}</p>", "")
