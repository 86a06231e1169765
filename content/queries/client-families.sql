-- title: Clients
-- question: Which kinds of client are used?
-- group: operations
WITH callers AS ( -- few, however many the records are
  SELECT useragent,
         coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
         count(*) AS calls
  FROM cloudtrail
  GROUP BY 1, 2
)
SELECT regexp_extract(useragent, '^\[?([^/\]]*)', 1) AS client, -- S3 puts brackets around it
       sum(calls) AS calls, approx_distinct(caller) AS callers
FROM callers
GROUP BY 1
ORDER BY calls DESC, client
LIMIT 50
