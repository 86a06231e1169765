-- title: Accounts that fell silent
-- question: Which accounts have had no record for some hours before the last one of all?
-- group: integrity
-- parameter: hours integer = 24 -- hours of silence
SELECT recipientaccountid, max(eventtime) AS last_time, count(*) AS records
FROM cloudtrail
GROUP BY 1
HAVING date_diff('hour', max(eventtime), (SELECT max(eventtime) FROM cloudtrail)) >= :hours
ORDER BY last_time, 1
