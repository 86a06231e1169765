-- title: Calls that often fail
-- question: Which calls fail in a large share?
-- group: operations
-- parameter: calls integer = 100 -- calls at least
SELECT eventsource, eventname, count(*) AS calls, count(errorcode) AS errors,
       round(100.0 * count(errorcode) / count(*), 1) AS percent
FROM cloudtrail
GROUP BY 1, 2
HAVING count(*) >= :calls AND count(errorcode) > 0
ORDER BY percent DESC, calls DESC, 1, 2
LIMIT 100
