-- The newest events of every strand of one session, for a first paint, in no order. ?1 session number, ?2 how many
-- of each agent's strand, ?3 how many of the message strand; the outline is read whole.
-- The walk carries no payloads, and "previous < seq" ends it in a damaged file too.
WITH RECURSIVE tail(seq, remaining, previous) AS (
    SELECT e.seq,
           CASE newest.key WHEN 'outline:' THEN 4294967295 WHEN 'messages:' THEN ?3 ELSE ?2 END - 1,
           e.previous
    FROM json_each((SELECT strands FROM sessions WHERE number = ?1)) AS newest
    JOIN events AS e ON e.position = (?1 << 32) + newest.value
    UNION ALL
    SELECT e.seq, tail.remaining - 1, e.previous
    FROM tail JOIN events AS e ON e.position = (?1 << 32) + tail.previous
    WHERE tail.remaining > 0 AND tail.previous < tail.seq
)
SELECT e.seq, e.at, e.kind, e.agent_id, e.payload
FROM tail CROSS JOIN events AS e ON e.position = (?1 << 32) + tail.seq;
