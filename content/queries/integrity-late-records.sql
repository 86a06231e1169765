-- title: Records that came late
-- question: Which objects brought records long after they happened?
-- group: integrity
-- parameter: days integer = 2 -- days between the record and its object
SELECT o.key, count(*) AS records, min(t.eventtime) AS first_time, max(t.eventtime) AS last_time, max(o.ingested) AS ingested
FROM cloudtrail t JOIN objects o ON o.object_id = t.object_id
GROUP BY 1
HAVING date_diff('day', min(t.eventtime), max(o.modified)) >= :days
ORDER BY records DESC
LIMIT 200
