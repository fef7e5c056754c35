CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.stream = OLD.stream AND NEW.seq = OLD.seq
       AND NEW.payload IS NULL AND NEW.salt IS NULL AND OLD.payload IS NOT NULL
       AND NEW.erased_at IS NOT NULL AND NEW.erased_under IS NOT NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'contents of the history may only be erased under a rule: % is refused', TG_OP;
END $$;

CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payload_is_append_only BEFORE UPDATE OR DELETE ON event_payload
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure();
CREATE TRIGGER payload_is_never_emptied BEFORE TRUNCATE ON event_payload
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_append_only BEFORE UPDATE OR DELETE ON checkpoint
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_never_emptied BEFORE TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
