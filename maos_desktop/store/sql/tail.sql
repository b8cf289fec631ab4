-- The newest events of every strand of one session, for a first paint. ?1 session number, ?2 how many of each
-- agent's strand, ?3 how many of the message strand; the outline is read whole.
-- "previous < seq" ends the walk in a damaged file too.
WITH RECURSIVE tail(seq, remaining, previous, at, kind, agent_id, payload) AS (
    SELECT e.seq,
           CASE newest.key WHEN 'outline:' THEN 4294967295 WHEN 'messages:' THEN ?3 ELSE ?2 END - 1,
           e.previous, e.at, e.kind, e.agent_id, e.payload
    FROM json_each((SELECT strands FROM sessions WHERE number = ?1)) AS newest
    JOIN events AS e ON e.position = (?1 << 32) + newest.value
    UNION ALL
    SELECT e.seq, tail.remaining - 1, e.previous, e.at, e.kind, e.agent_id, e.payload
    FROM tail JOIN events AS e ON e.position = (?1 << 32) + tail.previous
    WHERE tail.remaining > 0 AND tail.previous < tail.seq
)
SELECT seq, at, kind, agent_id, payload FROM tail ORDER BY seq;
