"""What a search finds, as SQL: WITH queries that end in `found` (`ticket_id`, `tier`, `seq`).

`tier` is how well (see `search`), `seq` the newest message that was found. Everything is read under
the searcher's rights, so what they may not see is not found, not counted and not hinted at.

A word may stand in half of all messages of a million tickets, and reading them all to show thirty
would take minutes. So a search looks for `HITS` hits of each tier and no further, the latest first:
among the newest by themselves, where a common word is found soon, then with the index in ever
longer spans of time. A word that few tickets have is found in all of them. Of a common one the
latest are shown, and the count says that there may be more; so it does when two words that are both
common, and seldom stand together, were only looked for in the last days.

When filters are asked for too, the latest `LOOKED_AT` tickets that they leave are searched one by
one, which most often are all of them; for the rest, the latest `LOOKED_AT` hits of all are held
against the filters. For a word that none of the newest messages has it is the other way about: its
latest hits are most often all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from supportdesk.domain.actor import Role
from supportdesk.domain.queries.filters import Sort
from supportdesk.domain.queries.listing import NONE, Conditions, walks
from supportdesk.domain.queries.places import ORDERS
from supportdesk.domain.queries.search import HEAD, LAST, QUERY

HITS = 150
LOOKED_AT = 1000
SAMPLE = 4000
# In a week.
HARDLY_SAID = 20
_LATEST = ORDERS[Sort.ACTIVITY].by
_SPANS_BEGIN = date(2000, 1, 1)
_MONTH, _YEAR = 28, 364

_EXACT = """SELECT t.id AS ticket_id, 0 AS tier, NULL::bigint AS seq
FROM ticket t {joined} WHERE t.number = :exact {among}"""

_OWN = """
{people}
hits AS MATERIALIZED (
    {exact}
    UNION ALL
    SELECT t.id, CASE WHEN to_tsvector('simple', t.subject) @@ {query} THEN 1 ELSE 2 END, NULL
    FROM ticket t
    LEFT JOIN {who} buyer ON buyer.id = t.buyer_id
    LEFT JOIN {who} seller ON seller.id = t.seller_id
    LEFT JOIN {who} assignee ON assignee.id = t.assignee_id
    WHERE to_tsvector('simple', concat_ws(
        ' ', t.subject, buyer.name, seller.name, assignee.name)) @@ {query} {among}
    UNION ALL
    SELECT t.conversation_id, 3, t.seq FROM message t WHERE t.words @@ {query} {among_messages}
    {tags}
),
found AS MATERIALIZED (
    SELECT ticket_id, min(tier) AS tier, max(seq) AS seq FROM hits GROUP BY ticket_id
)"""
_PEOPLE = 'people AS MATERIALIZED (SELECT id, name FROM "user"),'
# Not a join: from the tags of one's own tickets, never from all tickets of a tag.
_OWN_TAGS = """UNION ALL
    SELECT t.ticket_id, 2, NULL FROM ticket_tag t
    WHERE (SELECT to_tsvector('simple', g.name) @@ {query} FROM tag g WHERE g.id = t.tag_id) {among}
"""

_ALL = """
{looked_at},
sample AS MATERIALIZED (
    SELECT m.conversation_id AS ticket_id, m.seq, m.created_at, m.words @@ {query} AS hit,
           m.words @@ {last} AS has_last
    FROM (SELECT * FROM message ORDER BY id DESC LIMIT {sample}) m
),
{week},
hits AS MATERIALIZED (
    {exact}
    UNION ALL (SELECT ticket_id, tier, NULL FROM ({by_words}) w LIMIT {hits})
    UNION ALL (SELECT ticket_id, 2, NULL FROM ({by_tag}) g LIMIT {hits})
    UNION ALL (SELECT ticket_id, 3, seq FROM ({by_message}) m LIMIT {hits})
),
found AS MATERIALIZED (
    SELECT ticket_id, min(tier) AS tier, max(seq) AS seq FROM hits GROUP BY ticket_id
)"""

_TIER = """CASE WHEN subject @@ {query} THEN 1
     WHEN subject_and_people @@ {query} THEN 2 END AS tier"""
_NEWEST_OF_ALL = """looked_at AS MATERIALIZED (
    SELECT ticket_id, {tier} FROM ticket_words ORDER BY ticket_id DESC LIMIT {limit})"""
# Their words are read in one pass: most of them stand side by side.
_NEWEST_LEFT = """newest AS MATERIALIZED (
    SELECT * FROM ({walks}) w ORDER BY {latest} LIMIT {limit}),
looked_at AS MATERIALIZED (
    SELECT ticket_id, tier FROM newest JOIN (
        SELECT ticket_id, {tier} FROM ticket_words
        WHERE ticket_id = ANY (ARRAY(SELECT ticket_id FROM newest)) OFFSET 0
    ) words USING (ticket_id) ORDER BY {latest})"""
_BY_WORDS = "SELECT ticket_id, tier FROM looked_at WHERE tier IS NOT NULL"
# What a span has in common with the one before is left out after the index has been read: within
# it, a word that is not to be there would cost as much as reading all that have it.
_WORDS_IN_SPAN = """(SELECT ticket_id, {tier} FROM ticket_words
    WHERE subject_and_people @@ ({query} && CAST(:{span} AS tsquery)) AND numnode({query}) > 0
      AND NOT subject_and_people @@ CAST(:{before} AS tsquery)
    ORDER BY ticket_id DESC LIMIT {limit})"""
# When those that were looked at one by one are all that there are, that was it.
_FURTHER = """ UNION ALL (SELECT h.*
    FROM (SELECT * FROM ({parts}) spans LIMIT {limit}) h {joined}
    WHERE (SELECT count(*) FROM looked_at) = {limit})"""

_BY_TAG = """SELECT w.ticket_id FROM tag g CROSS JOIN LATERAL ({walks}) w
    WHERE to_tsvector('simple', g.name) @@ {query}"""
_BY_ANOTHER_TAG = """SELECT n.ticket_id FROM newest n
    JOIN ticket_tag tt USING (ticket_id) JOIN tag g ON g.id = tt.tag_id
    WHERE to_tsvector('simple', g.name) @@ {query}"""

_LEFT_OVER = """SELECT m.conversation_id AS ticket_id, m.seq
    FROM newest n JOIN message m ON m.conversation_id = n.ticket_id
    WHERE m.words @@ {query} AND {when}"""
# The latest hits of a rare word are most often all that there are: then nothing is left over.
_IS_RARE = "(SELECT NOT coalesce(bool_or(hit), false) FROM sample)"
_IN_SAMPLE = "(SELECT ticket_id, seq FROM sample WHERE hit)"
_MESSAGES_IN_SPAN = """
    (SELECT {columns} FROM (
        SELECT * FROM message
        WHERE words @@ ({query} && CAST(:{span} AS tsquery)) AND numnode({query}) > 0
          AND NOT words @@ CAST({before} AS tsquery) AND NOT {last_is_common}
          AND NOT {not_now} {by_index}) m
     WHERE {among} ORDER BY id DESC LIMIT {limit})"""
# A word that was hardly said in the last days is looked up in all its past at once: to find out
# where months have it costs more, and they most often have too little of it.
_QUIET = "(SELECT count(*) < {few} FROM week)"
_WEEK = "week AS MATERIALIZED (SELECT id, conversation_id, seq, created_at FROM ({parts}) m)"
_IN_WEEK = "(SELECT {columns} FROM week m WHERE {among})"
_COMMON_IN_SPAN = """
    (SELECT {columns} FROM (
        SELECT * FROM (
            SELECT * FROM message
            WHERE words @@ ({head} && CAST(:{span} AS tsquery)) AND {last_is_common} AND {short}
            {by_index}) m
        WHERE {among} LIMIT {more}) m
     WHERE words @@ {last} AND NOT words @@ CAST(:{before} AS tsquery))"""
# All words that begin like a common one are too many to look up: then the words before it are,
# and what they give is held against it, as long as the span is not too long for that.
_LAST_IS_COMMON = """(:head <> '' AND
    (SELECT count(*) FILTER (WHERE has_last) > {common} FROM sample))"""
_SHORT = """(SELECT {days} * count(*) < {messages} * greatest(
    extract(epoch FROM max(created_at) - min(created_at)) / 86400, 0.01) FROM sample)"""

# The spans, each with how many days it reaches back and what of it was read before.
_SPANS = {
    "today": (2, "never"),
    "in_days": (7, "never"),
    "in_months": (3 * _MONTH, "in_week"),
    "in_years": (2 * _YEAR, "in_months"),
    "ever": (10 * _YEAR, "in_years"),
}
# What months have too little of is soonest found without asking for years, which as words are the
# most common of all.
_WITHOUT_YEARS = {span: before for span, (_, before) in _SPANS.items() if span != "in_years"} | {
    "ever": "in_months"
}
_MOST_TO_HOLD_AGAINST = 300_000


def among_own(role: Role, *, named: bool) -> str:
    """In all that one person sees, or (`named`) in the tickets :ids alone."""

    def among(column: str) -> str:
        return f"AND t.{column} = ANY (:ids)" if named else ""

    tags = _OWN_TAGS.format(query=QUERY, among=among("ticket_id"))
    return _OWN.format(
        people="" if named else _PEOPLE,
        who='"user"' if named else "people",
        exact=_EXACT.format(joined="", among=among("id")),
        query=QUERY,
        among=among("id"),
        among_messages=among("conversation_id"),
        tags="" if role is Role.BUYER else tags,
    )


def among_all(asked: Conditions) -> str:
    """In all tickets that admins see, as far as `asked` leaves them."""
    tier = _TIER.format(query=QUERY)
    in_messages = [_IN_SAMPLE, *messages_by_span("conversation_id AS ticket_id, seq")]
    if asked.narrows:
        columns = "ticket_id, number, active_at"
        left = walks(asked, columns, LOOKED_AT, _LATEST)
        looked_at = _NEWEST_LEFT.format(tier=tier, walks=left, latest=_LATEST, limit=LOOKED_AT)
        by_message = _left_over(f"NOT {_IS_RARE}") + _further(asked, in_messages)
        by_message += f" UNION ALL ({_left_over(_IS_RARE)})"
    else:
        looked_at = _NEWEST_OF_ALL.format(tier=tier, limit=LOOKED_AT)
        by_message = " UNION ALL ".join(in_messages)
    return _ALL.format(
        looked_at=looked_at,
        week=week(),
        query=QUERY,
        last=LAST,
        sample=SAMPLE,
        hits=HITS,
        exact=_EXACT.format(joined=_still_asked(asked, "t.id"), among=""),
        by_words=_BY_WORDS + _further(asked, list(map(_words_in, _WITHOUT_YEARS))),
        by_tag=(_BY_ANOTHER_TAG if asked.tag != NONE else _BY_TAG).format(
            query=QUERY, walks=walks(asked, "ticket_id", HITS, _LATEST, tag="g.id")
        ),
        by_message=by_message,
    )


def there_is_more() -> str:
    """Whether a search may have left something out: some tier is full, or a span was too long."""
    too_long = f"{_last_is_common()} AND NOT {_short('ever')}"
    return f"EXISTS (SELECT FROM hits GROUP BY tier HAVING count(*) >= {HITS}) OR ({too_long})"


def _left_over(when: str) -> str:
    return _LEFT_OVER.format(query=QUERY, when=when)


def _further(asked: Conditions, parts: list[str]) -> str:
    joined = _still_asked(asked, "h.ticket_id") if asked.narrows else ""
    return _FURTHER.format(parts=" UNION ALL ".join(parts), limit=LOOKED_AT, joined=joined)


def _still_asked(asked: Conditions, ticket: str) -> str:
    statuses = ", ".join(f"'{status}'" for status in asked.statuses) or "NULL"
    return (
        f"JOIN ticket_listing listing ON listing.ticket_id = {ticket}"
        f" AND listing.tag_id = {asked.tag} AND listing.status IN ({statuses}) AND {asked.sql}"
    )


def _words_in(span: str) -> str:
    return _WORDS_IN_SPAN.format(
        tier=_TIER.format(query=QUERY),
        query=QUERY,
        span=span,
        before=_WITHOUT_YEARS[span],
        limit=LOOKED_AT,
    )


def week() -> str:
    """The WITH query that `messages_by_span` reads: the messages of the last days, whichever else
    are asked for. Reads `sample`."""
    columns = "id, conversation_id, seq, created_at"
    parts = [
        _messages_in(span, columns, f":{_WITHOUT_YEARS[span]}", limit="ALL")
        for span in ("today", "in_days")
    ]
    return _WEEK.format(parts=" UNION ALL ".join(parts))


def messages_by_span(columns: str, among: str = "true") -> list[str]:
    """SELECTs of messages, those of later spans first; each may read `sample` and `week`.

    `among` is what else has to hold. It is looked at after the index of words has been read: what
    it asks of an id would have the planner walk through all of them.
    """
    quiet = _QUIET.format(few=HARDLY_SAID)
    all_before = f"CASE WHEN {quiet} THEN :in_week ELSE :in_months END"
    return [
        _IN_WEEK.format(columns=columns, among=among),
        _messages_in("in_months", columns, ":in_week", among, not_now=quiet),
        _messages_in("ever", columns, all_before, among),
        *(
            _COMMON_IN_SPAN.format(
                columns=columns,
                among=among,
                by_index=_by_index(among),
                head=HEAD,
                last=LAST,
                span=span,
                before=before,
                last_is_common=_last_is_common(),
                short=_short(span),
                more=5 * LOOKED_AT,
            )
            for span, (_, before) in _SPANS.items()
        ),
    ]


def _messages_in(
    span: str,
    columns: str,
    before: str,
    among: str = "true",
    not_now: str = "false",
    limit: str = str(LOOKED_AT),
) -> str:
    return _MESSAGES_IN_SPAN.format(
        columns=columns,
        among=among,
        by_index=_by_index(among),
        query=QUERY,
        span=span,
        before=before,
        last_is_common=_last_is_common(),
        not_now=not_now,
        limit=limit,
    )


def _by_index(among: str) -> str:
    return "" if among == "true" else "OFFSET 0"


def _last_is_common() -> str:
    return _LAST_IS_COMMON.format(common=SAMPLE // 100)


def _short(span: str) -> str:
    return _SHORT.format(days=_SPANS[span][0], messages=_MOST_TO_HOLD_AGAINST)


def spans() -> dict[str, Any]:
    """The words that stand for spans of time."""
    day = (datetime.now(UTC).date() - _SPANS_BEGIN).days
    return {
        "never": "'~'",
        "today": _either(f"~d{day - back}" for back in range(2)),
        "in_days": _either(f"~d{day - back}" for back in range(2, 7)),
        "in_week": _either(f"~d{day - back}" for back in range(7)),
        "in_months": _either(f"~m{day // _MONTH - back}" for back in range(3)),
        "in_years": _either(f"~y{day // _YEAR - back}" for back in range(2)),
        "ever": "",
    }


def _either(words: Iterable[str]) -> str:
    return "(" + " | ".join(f"'{word}'" for word in words) + ")"
