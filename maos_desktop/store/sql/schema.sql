-- The newest form of the database, for a new file. upgrade_NNNN.sql brings an older one here.

PRAGMA application_id = 1296125779; -- "MAOS"
PRAGMA user_version = 1;

-- One row per session: what the list of sessions shows, folded from the events in the transaction that adds them.
CREATE TABLE sessions (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    title       TEXT    NOT NULL,
    settings    TEXT    NOT NULL,             -- JSON of SessionSettings
    state       TEXT    NOT NULL,             -- a SessionState
    created_at  INTEGER NOT NULL,             -- microseconds since 1970, UTC
    updated_at  INTEGER NOT NULL,
    cost_usd    REAL,                         -- NULL while the back end has reported none
    event_count INTEGER NOT NULL DEFAULT 0,   -- also the seq of the newest event
    strands     TEXT    NOT NULL DEFAULT '{}' -- JSON object: strand -> seq of its newest event
) STRICT;

-- The log. One integer key holds session and seq: a new event goes to the end of one b-tree, and a session is read
-- as one range. A second index for the tail of every agent would touch a page per agent in every commit (measured:
-- 0.54 of the rate of a bare table, this form 0.93), so each event names the one before it in its strand instead.
CREATE TABLE events (
    position INTEGER PRIMARY KEY,                                            -- sessions.number << 32 | seq
    session  INTEGER NOT NULL GENERATED ALWAYS AS (position >> 32) VIRTUAL,
    seq      INTEGER NOT NULL GENERATED ALWAYS AS (position & 4294967295) VIRTUAL,
    at       INTEGER NOT NULL,                                               -- microseconds since 1970, UTC
    kind     TEXT    NOT NULL,
    agent_id TEXT,
    previous INTEGER,                                                        -- seq, NULL for the first of its strand
    payload  TEXT    NOT NULL,                                               -- JSON of the event
    hash     BLOB    NOT NULL                                                -- SHA-256 over this row and the hash before it
) STRICT;
