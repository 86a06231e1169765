-- title: What an access key did
-- question: Which calls did an access key make, from where, and how often was it refused?
-- group: incident response
-- parameter: key varchar -- the access key's id
SELECT eventsource, eventname, sourceipaddress, count(*) AS calls, count(errorcode) AS errors,
       min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE useridentity.accesskeyid = :key
GROUP BY 1, 2, 3
ORDER BY first_time, 1, 2, 3
