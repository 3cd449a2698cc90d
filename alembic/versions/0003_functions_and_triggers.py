"""What the database keeps true by itself: order, counts, times, membership, the doorbell.

Functions that must see past row-level security are SECURITY DEFINER and belong to
`supportdesk_system`; `0004` says who may call them.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHO = """
CREATE FUNCTION current_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT nullif(current_setting('supportdesk.user_id', true), '')::uuid
$$;

CREATE FUNCTION my_conversations() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(conversation_id), '{}')
    FROM participant WHERE user_id = current_user_id()
$$;

-- Whose name the actor may know: those who take part, as far as the actor may know that they do.
CREATE FUNCTION my_people(audiences text[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT them.user_id), '{}')
    FROM participant me JOIN participant them USING (conversation_id)
    WHERE me.user_id = current_user_id() AND them.audience = ANY (audiences)
$$;
"""

ORDER = """
-- Takes the conversation's lock, so what follows in this transaction is alone with it: sequence
-- numbers have no holes that a later commit could fill.
CREATE FUNCTION take_place(thread uuid, level text, at timestamptz, messages integer)
RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE conversation SET
        last_seq = last_seq + 1,
        messages_everyone = messages_everyone + messages * (level = 'everyone')::int,
        messages_staff = messages_staff + messages * (level IN ('everyone', 'staff'))::int,
        messages_admins = messages_admins + messages,
        activity_everyone = CASE WHEN level = 'everyone'
            THEN greatest(activity_everyone, at) ELSE activity_everyone END,
        activity_staff = CASE WHEN level IN ('everyone', 'staff')
            THEN greatest(activity_staff, at) ELSE activity_staff END,
        activity_admins = greatest(activity_admins, at)
    WHERE id = thread
    RETURNING last_seq
$$;

CREATE FUNCTION message_before_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM conversation WHERE id = NEW.conversation_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM message WHERE conversation_id = NEW.conversation_id
               AND sender_id = NEW.sender_id AND client_id = NEW.client_id) THEN
        RETURN NULL;  -- the same send, tried again
    END IF;
    NEW.seq := take_place(NEW.conversation_id, NEW.audience, NEW.created_at, 1);
    RETURN NEW;
END $$;

CREATE FUNCTION message_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Who writes has read what stood above.
    INSERT INTO participant (conversation_id, user_id, audience, last_read_seq)
    VALUES (NEW.conversation_id, NEW.sender_id, NEW.audience, NEW.seq)
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET
        last_read_seq = greatest(participant.last_read_seq, excluded.last_read_seq),
        audience = wider_audience(participant.audience, excluded.audience);
    IF NEW.audience = 'everyone' THEN
        UPDATE ticket SET first_response_at = NEW.created_at
        WHERE id = NEW.conversation_id AND first_response_at IS NULL
          AND NEW.sender_id IS DISTINCT FROM coalesce(buyer_id, seller_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION wider_audience(a text, b text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN 'everyone' IN (a, b) THEN 'everyone'
                WHEN 'staff' IN (a, b) THEN 'staff' ELSE 'admins' END
$$;

CREATE TRIGGER message_before_insert BEFORE INSERT ON message
    FOR EACH ROW EXECUTE FUNCTION message_before_insert();
CREATE TRIGGER message_after_insert AFTER INSERT ON message
    FOR EACH ROW EXECUTE FUNCTION message_after_insert();
"""

TICKETS = """
-- Membership follows from the ticket's parties, so nobody needs the right to add people.
CREATE FUNCTION ticket_before_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM conversation WHERE id = NEW.id AND kind = 'ticket'
                   AND created_by IN (NEW.buyer_id, NEW.seller_id)) THEN
        RAISE EXCEPTION 'a ticket needs a conversation made by its requester'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.buyer_id IS NOT NULL AND NOT EXISTS
        (SELECT FROM "user" WHERE id = NEW.buyer_id AND role = 'buyer') THEN
        RAISE EXCEPTION 'buyer_id is not a buyer' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.seller_id IS NOT NULL AND NOT EXISTS
        (SELECT FROM "user" WHERE id = NEW.seller_id AND role = 'seller' AND active) THEN
        RAISE EXCEPTION 'seller_id is not an active seller' USING ERRCODE = 'check_violation';
    END IF;
    NEW.team_id := coalesce(NEW.team_id, (SELECT id FROM team WHERE is_default));
    RETURN NEW;
END $$;

CREATE FUNCTION ticket_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO participant (conversation_id, user_id)
    SELECT NEW.id, party FROM unnest(ARRAY[NEW.buyer_id, NEW.seller_id]) AS party
    WHERE party IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION ticket_before_update() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.status IN ('resolved', 'closed') THEN
        NEW.resolved_at := coalesce(OLD.resolved_at, now());
    ELSE
        NEW.resolved_at := NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ticket_before_insert BEFORE INSERT ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_before_insert();
CREATE TRIGGER ticket_after_insert AFTER INSERT ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_after_insert();
CREATE TRIGGER ticket_before_update BEFORE UPDATE OF status ON ticket
    FOR EACH ROW EXECUTE FUNCTION ticket_before_update();
"""

DOORBELL = """
-- Ids only: what changed is read again by whoever is woken, under their own rights. `people` says
-- whom to wake; too many of them to name (a notification holds 8,000 bytes) is null: everybody.
CREATE FUNCTION ring(kind text, thread uuid, subject uuid) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
    SELECT pg_notify('supportdesk', json_build_object(
        'kind', kind, 'conversation', thread, 'subject', subject, 'actor', current_user_id(),
        'people', (
            SELECT CASE WHEN count(*) <= 100 THEN json_agg(user_id) END
            FROM (SELECT user_id FROM participant WHERE conversation_id = thread LIMIT 101) AS p)
    )::text)
$$;

CREATE FUNCTION event_before_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.seq := CASE WHEN NEW.in_thread
        THEN take_place(NEW.conversation_id, NEW.audience, NEW.created_at, 0) END;
    RETURN NEW;
END $$;

CREATE FUNCTION event_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.in_thread THEN
        -- Whoever acts where others see it takes part: the line shows their name.
        INSERT INTO participant (conversation_id, user_id, audience)
        VALUES (NEW.conversation_id, NEW.actor_id, NEW.audience)
        ON CONFLICT (conversation_id, user_id) DO UPDATE SET
            audience = wider_audience(participant.audience, excluded.audience);
    END IF;
    PERFORM ring(NEW.kind, NEW.conversation_id, NEW.subject_id);
    RETURN NULL;
END $$;

-- Reading and starring are nobody else's business, so no event; one's other tabs still hear.
CREATE FUNCTION participant_after_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ring('participant_changed', NEW.conversation_id, NEW.user_id);
    RETURN NULL;
END $$;

CREATE TRIGGER event_before_insert BEFORE INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION event_before_insert();
CREATE TRIGGER event_after_insert AFTER INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION event_after_insert();
CREATE TRIGGER participant_after_update AFTER UPDATE OF last_read_seq, starred ON participant
    FOR EACH ROW WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION participant_after_update();
"""


def upgrade() -> None:
    for part in (WHO, ORDER, TICKETS, DOORBELL):
        op.execute(part)


def downgrade() -> None:
    for table, moments in (
        ("participant", ("after_update",)),
        ("event", ("after_insert", "before_insert")),
        ("ticket", ("before_update", "after_insert", "before_insert")),
        ("message", ("after_insert", "before_insert")),
    ):
        for moment in moments:
            op.execute(f"DROP TRIGGER {table}_{moment} ON {table}")
            op.execute(f"DROP FUNCTION {table}_{moment}()")
    op.execute(
        "DROP FUNCTION ring(text, uuid, uuid), wider_audience(text, text),"
        " take_place(uuid, text, timestamptz, integer), my_people(text[]), my_conversations(),"
        " current_user_id()"
    )
