-- title: Records that came late
-- question: Which objects brought records long after they happened?
-- group: integrity
-- parameter: days integer = 2 -- days between the record and its object
WITH delivered AS ( -- the moment in an object's name is AWS's; that of a file may be a copy's
  SELECT object_id, key,
         coalesce(TRY(date_parse(regexp_extract(key, '_(\d{8}T\d{4})Z_', 1), '%Y%m%dT%H%i')), modified) AS delivered
  FROM objects
)
SELECT o.key, count(*) AS records, min(t.eventtime) AS first_time, max(t.eventtime) AS last_time, max(o.delivered) AS delivered
FROM cloudtrail t JOIN delivered o ON o.object_id = t.object_id
WHERE date_diff('day', t.eventtime, o.delivered) >= :days
GROUP BY 1
ORDER BY records DESC, key
LIMIT 200
