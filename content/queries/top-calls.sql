-- title: The most frequent calls
-- question: Which calls are made most?
-- group: operations
-- parameter: rows integer = 50 -- how many calls
SELECT eventsource, eventname, count(*) AS calls, count(errorcode) AS errors
FROM cloudtrail
GROUP BY 1, 2
ORDER BY calls DESC, 1, 2
LIMIT :rows
