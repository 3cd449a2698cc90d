"""What people write, as it is shown: a little Markdown, links, emoji by name; never HTML of theirs.

The text is stored as it was typed. It is rendered by markdown-it, which escapes any HTML in it, and
what comes out is cleaned once more by nh3, so that neither has to be trusted alone.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import emoji
import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token

from supportdesk.domain.mentions import Named, pattern
from supportdesk.domain.text import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.utils import EnvType, OptionsDict

DELETED = "Message deleted"

_RULES = [
    "emphasis", "strikethrough", "backticks", "fence", "list", "blockquote", "link", "autolink",
    "linkify", "newline", "escape", "balance_pairs", "fragments_join",
]  # fmt: skip
# Blocks in blocks. Whatever stands deeper than that markdown-it leaves out, and long before that
# there is no room for it.
_MOST_NESTED, _DEEP = 100, 20
# What there is to read of.
_SAYING = {"text", "code_inline", "fence"}
_TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "a", "span",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "target"}, "ol": {"start"}, "span": {"data-of"}}
_CLASSES = {"span": {"mention"}}
_SCHEMES = {"http", "https", "mailto"}
_PARAGRAPH = re.compile(r"<p>([^<&]*)</p>\n?")
# One line that begins with a letter and has nothing in it that could be markup.
_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.!?;'()-])*(?<! )")
# What people read as an address, with or without a scheme.
_addresses = LinkifyIt()
# What separates one block from the next, when only the words are kept.
_BREAKS = re.compile(r"<br\s*/?>|</(?:p|li|pre|blockquote)>")


def _open_apart(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    if not tokens[index].attrGet("href"):
        return (
            ""  # It leads nowhere, which for a browser is this very page; its end is cleaned away.
        )
    tokens[index].attrSet("target", "_blank")
    return renderer.renderToken(tokens, index, options, env)


def _name_emoji(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    text = html.escape(emoji.emojize(tokens[index].content, language="alias"), quote=False)
    if not (ids := env.get("mentions")):
        return text
    return pattern(tuple(ids)).sub(lambda found: _mention(found, ids), text)


def _mention(found: re.Match[str], ids: dict[str, str]) -> str:
    # Letters that only a pattern takes for the same are left alone.
    who = ids.get(found[1].lower())
    return f'<span class="mention" data-of="{who}">{found[0]}</span>' if who else found[0]


def _show_where_it_leads(state: StateCore) -> None:
    """The words of a link that read as the address of somewhere else give way to its own."""
    for block in state.tokens:
        pieces = block.children or []
        opens = (at for at, each in enumerate(pieces) if each.type == "link_open" and not each.info)
        for start in reversed(list(opens)):
            end = next(at for at in range(start, len(pieces)) if pieces[at].type == "link_close")
            link = str(pieces[start].attrGet("href"))
            shown = "".join(piece.content for piece in pieces[start:end])
            read_as = (state.md.normalizeLink(each.url) for each in _addresses.match(shown) or ())
            if any(_site(each) != _site(link) for each in read_as):
                pieces[start + 1 : end] = [Token("text", "", 0, content=link)]


def _site(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:  # It is none that leads anywhere.
        return address
    return (parts.hostname or parts.path).lower().removeprefix("www.")


def _leads_out(link: str) -> bool:
    """A link to the desk itself could look like a part of it; it is written out in full or not."""
    return link.partition(":")[0].lower() in _SCHEMES


def _parser(*rules: str) -> MarkdownIt:
    # A line break is one, as in any chat.
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": _MOST_NESTED}
    parser = MarkdownIt("zero", options)
    parser.enable(rules)
    parser.validateLink = _leads_out  # type: ignore[method-assign,assignment]
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_email": True, "fuzzy_link": False})
    parser.core.ruler.push("show_where_it_leads", _show_where_it_leads)
    parser.add_render_rule("link_open", _open_apart)
    parser.add_render_rule("text", _name_emoji)
    return parser


_markdown, _as_typed = _parser(*_RULES), _parser("newline")


def _tells(blocks: Sequence[Token]) -> bool:
    """Whether it is there to be read, all of it."""
    pieces = [piece for block in blocks for piece in (block, *(block.children or ()))]
    said = any(piece.type in _SAYING and not is_blank(piece.content) for piece in pieces)
    return said and all(block.level <= _DEEP for block in blocks)


@lru_cache(maxsize=2_000)
def render(body: str, mentions: Named = ()) -> str:
    """The message as safe HTML; links open apart, and tell nobody where they were followed. Marks
    that would leave nothing to read stand there as they were typed.

    `mentions` are names that are marked wherever they stand behind an `@`.
    """
    # What is looked for stands in HTML by then.
    shown = {"mentions": {html.escape(name, quote=False): ids for name, ids in mentions}}
    blocks = _markdown.parse(body, shown)
    # Of nothing but marks there would be nothing to see.
    parser, blocks = (_markdown, blocks) if _tells(blocks) else (_as_typed, _as_typed.parse(body))
    return nh3.clean(
        parser.renderer.render(blocks, parser.options, shown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def marked_up(body: str, mentions: Named = ()) -> str:
    """`render`, or nothing when that would be the text itself: then no HTML is needed at all."""
    if _WORDS.fullmatch(body):  # Most of what people say, and not worth a parser's time.
        return ""
    rendered = render(body, mentions)
    plain = _PARAGRAPH.fullmatch(rendered)
    return "" if plain and plain[1] == body else rendered


@lru_cache(maxsize=2_000)
def words(body: str) -> str:
    """The text alone, on one line: for a preview in a list."""
    if _WORDS.fullmatch(body):
        return " ".join(body.split())
    spaced = _BREAKS.sub(" ", render(body))
    return " ".join(html.unescape(nh3.clean(spaced, tags=set())).split())


def texts(body: str) -> Iterator[str]:
    """The pieces of plain text in a message, without code: where a name may be meant."""
    for block in _markdown.parse(body):
        yield from (part.content for part in block.children or () if part.type == "text")
