"""What triggers would have made of the rows, as statements over all of them at once."""

_NONE = "'00000000-0000-0000-0000-000000000000'::uuid"
_BY_SELLER = "'00000000-0000-0000-0000-000000000001'::uuid"
_DAY = "((t.created_at AT TIME ZONE 'UTC')::date - '2000-01-01'::date)"
_SPANS = f"""array_to_tsvector(ARRAY[
    '~d' || {_DAY}::text, '~m' || ({_DAY} / 28)::text, '~y' || ({_DAY} / 364)::text])"""

_LISTING = f"""
INSERT INTO ticket_listing (ticket_id, tag_id, number, status, urgency, type, assignee_id, team_id,
                            active_at, due_at, waiting_since)
SELECT t.id, label.tag_id, t.number, t.status,
       array_position('{{low,medium,high,urgent}}'::text[], t.priority), t.type,
       coalesce(t.assignee_id, {_NONE}), coalesce(t.team_id, {_NONE}), c.activity_admins,
       coalesce(t.due_at, 'infinity'), coalesce(t.waiting_since, 'infinity')
FROM ticket t JOIN conversation c ON c.id = t.id JOIN (
    SELECT id AS ticket_id, {_NONE} AS tag_id FROM ticket
    UNION ALL SELECT id, {_BY_SELLER} FROM ticket WHERE buyer_id IS NULL
    UNION ALL SELECT ticket_id, tag_id FROM ticket_tag) label ON label.ticket_id = t.id
ORDER BY t.id, label.tag_id
"""  # noqa: S608 - nothing in it comes from outside
_WORDS = f"""
INSERT INTO ticket_words (ticket_id, subject, subject_and_people)
SELECT t.id, to_tsvector('simple', t.subject) || {_SPANS},
       to_tsvector('simple', concat_ws(' ', t.subject, buyer.name, seller.name, assignee.name))
           || {_SPANS}
FROM ticket t
LEFT JOIN "user" buyer ON buyer.id = t.buyer_id
LEFT JOIN "user" seller ON seller.id = t.seller_id
LEFT JOIN "user" assignee ON assignee.id = t.assignee_id
ORDER BY t.id
"""  # noqa: S608 - nothing in it comes from outside
_SECONDS = "floor(date_part('epoch', {} - t.created_at))::integer"
_TIMES = f"""
INSERT INTO ticket_times (ticket_id, tag_id, filed_at, answered_at, response, resolved_at,
                          resolution, team_id, assignee_id, seller_id, type)
SELECT t.id, label.tag_id, t.created_at, t.first_response_at,
       {_SECONDS.format("t.first_response_at")}, t.resolved_at,
       {_SECONDS.format("t.resolved_at")}, t.team_id, t.assignee_id, t.seller_id, t.type
FROM ticket t JOIN (
    SELECT id AS ticket_id, {_NONE} AS tag_id FROM ticket
    UNION ALL SELECT ticket_id, tag_id FROM ticket_tag) label ON label.ticket_id = t.id
ORDER BY t.id, label.tag_id
"""  # noqa: S608 - nothing in it comes from outside

DERIVED = (_LISTING, _WORDS, _TIMES)
