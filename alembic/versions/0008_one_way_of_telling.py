"""One kind of event for all changes of a ticket; who can be assigned, and assigning by itself."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The one who migrates may be held back by the policies, as anybody is.
AS_SYSTEM = "SET LOCAL ROLE supportdesk_system"

ONE_KIND = """
UPDATE event SET kind = 'ticket_changed', data = jsonb_build_object('changes', jsonb_build_array(
    jsonb_build_object(
        'field', split_part(kind, '_', 1), 'from', data -> 'from', 'to', data -> 'to',
        'label', upper(left(data ->> 'to', 1)) || replace(substr(data ->> 'to', 2), '_', ' '))))
WHERE kind IN ('status_changed', 'priority_changed');
"""

TWO_KINDS = """
UPDATE event SET kind = (data #>> '{changes,0,field}') || '_changed',
    data = jsonb_build_object('from', data #> '{changes,0,from}', 'to', data #> '{changes,0,to}')
WHERE kind = 'ticket_changed' AND data #>> '{changes,0,field}' IN ('status', 'priority');
DELETE FROM event WHERE kind IN
    ('ticket_changed', 'tags_changed', 'fields_changed', 'notes_changed', 'team_changed');
"""

# What the desk does by itself has a line too, and nobody's name.
LINES = """
CREATE OR REPLACE FUNCTION event_after_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.in_thread{condition} THEN
        -- Whoever acts where others see it takes part: the line shows their name.
        INSERT INTO participant (conversation_id, user_id, audience)
        VALUES (NEW.conversation_id, NEW.actor_id, NEW.audience)
        ON CONFLICT (conversation_id, user_id) DO UPDATE SET
            audience = wider_audience(participant.audience, excluded.audience);
    END IF;
    PERFORM ring(NEW.kind, NEW.conversation_id, NEW.subject_id);
    RETURN NULL;
END $$;
"""

ASSIGNING = """
CREATE FUNCTION ticket_before_assign() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.assignee_id IS NOT DISTINCT FROM OLD.assignee_id THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM "user" WHERE id = NEW.assignee_id AND active
                   AND (role = 'admin' OR id = NEW.seller_id)) THEN
        RAISE EXCEPTION 'assignee_id is neither an active admin nor the ticket''s seller'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ticket_before_assign BEFORE INSERT OR UPDATE OF assignee_id ON ticket
    FOR EACH ROW WHEN (NEW.assignee_id IS NOT NULL) EXECUTE FUNCTION ticket_before_assign();

-- Who a ticket is assigned to takes part in it, so its parties may know the name.
CREATE FUNCTION ticket_assigned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO participant (conversation_id, user_id) VALUES (NEW.id, NEW.assignee_id)
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET audience = 'everyone';
    RETURN NULL;
END $$;
CREATE TRIGGER ticket_assigned AFTER INSERT OR UPDATE OF assignee_id ON ticket
    FOR EACH ROW WHEN (NEW.assignee_id IS NOT NULL) EXECUTE FUNCTION ticket_assigned();

-- At the end of the transaction, so that a description stands before the line, and somebody who
-- sets team and assignee together is not overruled. The team's row is held by one transaction at
-- a time: two tickets of one moment go to two people.
CREATE FUNCTION ticket_auto_assign() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    waiting record;
    way text;
    chosen record;
BEGIN
    SELECT id, team_id, seller_id INTO waiting FROM ticket
    WHERE id = NEW.id AND assignee_id IS NULL AND status NOT IN ('resolved', 'closed');
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT auto_assign INTO way FROM team
    WHERE id = waiting.team_id AND auto_assign <> 'off' FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT u.id, u.name INTO chosen
    FROM team_member m JOIN "user" u ON u.id = m.user_id
    WHERE m.team_id = waiting.team_id AND u.active
      AND (u.role = 'admin' OR u.id = waiting.seller_id)
    ORDER BY CASE WHEN way = 'least_open' THEN (
                 SELECT count(*) FROM ticket o
                 WHERE o.assignee_id = u.id AND o.status NOT IN ('resolved', 'closed')) END,
             m.last_assigned_at NULLS FIRST, u.name, u.id
    LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE team_member SET last_assigned_at = clock_timestamp()
    WHERE team_id = waiting.team_id AND user_id = chosen.id;
    -- The conversation before the ticket, as everywhere.
    INSERT INTO event (id, kind, conversation_id, in_thread, data)
    VALUES (gen_random_uuid(), 'ticket_changed', waiting.id, true, jsonb_build_object(
        'changes', jsonb_build_array(jsonb_build_object(
            'field', 'assignee_id', 'from', NULL, 'to', chosen.id, 'label', chosen.name))));
    UPDATE ticket SET assignee_id = chosen.id WHERE id = waiting.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ticket_auto_assign AFTER INSERT OR UPDATE OF team_id ON ticket
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.assignee_id IS NULL AND NEW.team_id IS NOT NULL)
    EXECUTE FUNCTION ticket_auto_assign();

-- How many open tickets somebody has, at any number of closed ones.
CREATE INDEX ticket_workload_idx ON ticket (assignee_id)
    WHERE assignee_id IS NOT NULL AND status NOT IN ('resolved', 'closed');
"""

FUNCTIONS = ("ticket_before_assign()", "ticket_assigned()", "ticket_auto_assign()")

TEAMS = """
GRANT INSERT (team_id, user_id), DELETE ON team_member TO supportdesk_admin;
CREATE POLICY admin_insert ON team_member FOR INSERT TO supportdesk_admin WITH CHECK
    (EXISTS (SELECT FROM "user" u WHERE u.id = user_id AND u.role = 'admin'));
CREATE POLICY admin_delete ON team_member FOR DELETE TO supportdesk_admin USING (true);
"""


def _replace_lines(condition: str) -> None:
    """Only the owner may replace a function, and only who may create in its schema."""
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    op.execute(AS_SYSTEM)
    op.execute(LINES.format(condition=condition))
    op.execute("RESET ROLE")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")


def upgrade() -> None:
    op.execute(AS_SYSTEM)
    op.execute(ONE_KIND)
    op.execute("RESET ROLE")
    _replace_lines(" AND NEW.actor_id IS NOT NULL")
    op.execute(ASSIGNING)
    # A function can only be given to a role that may create in its schema.
    op.execute("GRANT CREATE ON SCHEMA public TO supportdesk_system")
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"ALTER FUNCTION {function} OWNER TO supportdesk_system")
    op.execute("REVOKE CREATE ON SCHEMA public FROM supportdesk_system")
    op.execute(TEAMS)


def downgrade() -> None:
    op.execute("DROP POLICY admin_delete ON team_member")
    op.execute("DROP POLICY admin_insert ON team_member")
    op.execute("REVOKE INSERT (team_id, user_id), DELETE ON team_member FROM supportdesk_admin")
    op.execute("DROP INDEX ticket_workload_idx")
    for trigger in ("ticket_auto_assign", "ticket_assigned", "ticket_before_assign"):
        op.execute(f"DROP TRIGGER {trigger} ON ticket")
        op.execute(f"DROP FUNCTION {trigger}()")
    _replace_lines("")
    op.execute(AS_SYSTEM)
    op.execute(TWO_KINDS)
    op.execute("RESET ROLE")
