-- title: Clients
-- question: Which kinds of client are used?
-- group: operations
SELECT regexp_extract(useragent, '^\[?([^/\]]*)', 1) AS client, -- S3 puts brackets around it
       count(*) AS calls, approx_distinct(coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid)) AS callers
FROM cloudtrail
GROUP BY 1
ORDER BY calls DESC, client
LIMIT 50
