-- A test's database: emptied for the next test, or filled again as a stage was.
-- Other sessions end first: a test's threads may have left some with locks.

CREATE SCHEMA testing;

CREATE FUNCTION testing.tables() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND relname NOT IN ('engine_version', 'recruitment_version')
$$;

-- Leave nothing that a test wrote: no row, no number of a sequence.
CREATE FUNCTION testing.empty() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    -- the history's triggers, which refuse this, do not fire for a replica
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR one IN SELECT testing.tables() LOOP
        EXECUTE format('DELETE FROM public.%I', one);
    END LOOP;
    PERFORM setval(oid::regclass, 1, false) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
END $$;

-- Keep the rows as they are, in a schema that has the name of a stage.
CREATE FUNCTION testing.keep(stage text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one text; is_filled boolean;
BEGIN
    EXECUTE format('CREATE SCHEMA %I', stage);
    FOR one IN SELECT testing.tables() LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO is_filled;
        IF is_filled THEN
            EXECUTE format('CREATE TABLE %I.%I AS TABLE public.%I', stage, one, one);
        END IF;
    END LOOP;
    EXECUTE format(
        'CREATE TABLE %I."its sequences" AS SELECT sequencename, last_value FROM pg_sequences'
        ' WHERE schemaname = ''public'' AND last_value IS NOT NULL', stage
    );
END $$;

-- Leave the rows of a stage, and nothing else.
CREATE FUNCTION testing.fill(stage text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one text; columns text;
BEGIN
    PERFORM testing.empty();
    FOR one IN SELECT relname FROM pg_class
        WHERE relnamespace = stage::regnamespace AND relkind = 'r' AND relname <> 'its sequences'
    LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
            FROM pg_attribute WHERE attrelid = format('public.%I', one)::regclass
            AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format(
            'INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM %3$I.%1$I',
            one, columns, stage
        );
    END LOOP;
    EXECUTE format(
        'SELECT setval(format(''public.%%I'', sequencename)::regclass, last_value)'
        ' FROM %I."its sequences"', stage
    );
END $$;
