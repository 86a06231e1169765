-- title: Events with two contents
-- question: Which events came more than once with different content?
-- group: integrity
SELECT recipientaccountid, eventid, count(*) AS versions, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventid IN (
  SELECT t.eventid
  FROM cloudtrail t
  WHERE t.object_id IN (SELECT o.object_id FROM objects o WHERE o.conflicting > 0))
GROUP BY 1, 2
HAVING count(*) > 1
ORDER BY versions DESC, eventid, recipientaccountid
LIMIT 200
