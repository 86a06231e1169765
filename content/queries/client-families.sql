-- title: Clients
-- question: Which kinds of client are used?
-- group: operations
SELECT split_part(useragent, '/', 1) AS client, count(*) AS calls, approx_distinct(useridentity.arn) AS callers
FROM cloudtrail
GROUP BY 1
ORDER BY calls DESC
LIMIT 50
