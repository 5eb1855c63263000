"""Let the primary keys of every table gain a digit early in a test, on PostgreSQL.

Keys that are compared as text, `line:9` with `line:10`, are in order until one of them gains a
digit; whether that happens in a test depends on what ran before it. With the sequences set to just
below such an edge, every test that makes a few rows crosses it.
"""

from __future__ import annotations

from django.db import connection

_TO_THE_EDGE = """
DO $$
DECLARE entry record; top bigint; edge bigint;
BEGIN
  FOR entry IN
    SELECT s.oid::regclass AS sequence, t.oid::regclass AS held_by, a.attname AS key
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S'
  LOOP
    EXECUTE format('SELECT coalesce(max(%I), 0) FROM %s', entry.key, entry.held_by) INTO top;
    edge := 10;
    WHILE edge - 2 <= top LOOP edge := edge * 10; END LOOP;
    CONTINUE WHEN edge > 1000000;  -- rows that are made anew after each test move on and on
    PERFORM setval(entry.sequence, edge - 2, false);
  END LOOP;
END $$
"""


def go_to_the_edge() -> None:
    """Set each sequence so that the third row made from now on has one digit more."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_THE_EDGE)
