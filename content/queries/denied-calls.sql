-- title: Which calls were refused
-- question: Which calls were denied most often?
-- group: incident response
-- parameter: rows integer = 50 -- how many calls
SELECT eventsource, eventname, errorcode, count(*) AS refused,
       approx_distinct(coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid)) AS callers
FROM cloudtrail
WHERE (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode IN ('Forbidden', 'AuthorizationError'))
GROUP BY 1, 2, 3
ORDER BY refused DESC, 1, 2, 3
LIMIT :rows
