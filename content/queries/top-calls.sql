-- title: The most frequent calls
-- question: Which calls are made most?
-- group: operations
-- parameter: rows integer = 50 -- how many calls
SELECT eventsource, eventname, sum(events) AS calls, sum(if(errorcode IS NULL, 0, events)) AS errors
FROM summary
GROUP BY 1, 2
ORDER BY calls DESC, 1, 2
LIMIT :rows
