-- title: Errors of each service
-- question: Which services give which errors?
-- group: operations
SELECT eventsource, errorcode, count(*) AS errors,
       approx_distinct(coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid)) AS callers,
       max(errormessage) AS a_message
FROM cloudtrail
WHERE errorcode IS NOT NULL
GROUP BY 1, 2
ORDER BY errors DESC, 1, 2
LIMIT 100
