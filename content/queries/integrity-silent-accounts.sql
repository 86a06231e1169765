-- title: Accounts that fell silent
-- question: Which accounts have had no record for some hours before the last one of all?
-- group: integrity
-- parameter: hours integer = 24 -- hours of silence
SELECT recipientaccountid, max(last_time) AS last_time, sum(events) AS records
FROM summary
GROUP BY 1
HAVING date_diff('hour', max(last_time), (SELECT max(last_time) FROM summary)) >= :hours
ORDER BY last_time, 1
