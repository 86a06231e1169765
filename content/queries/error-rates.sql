-- title: Calls that often fail
-- question: Which calls fail in a large share?
-- group: operations
-- parameter: calls integer = 100 -- calls at least
SELECT eventsource, eventname, sum(events) AS calls, sum(if(errorcode IS NULL, 0, events)) AS errors,
       round(100.0 * sum(if(errorcode IS NULL, 0, events)) / sum(events), 1) AS percent
FROM summary
GROUP BY 1, 2
HAVING sum(events) >= :calls AND count(errorcode) > 0
ORDER BY percent DESC, calls DESC, 1, 2
LIMIT 100
