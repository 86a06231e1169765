-- title: Who was refused
-- question: Which callers were denied access, by how many different calls?
-- group: incident response
-- parameter: rows integer = 50 -- how many callers
SELECT coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller, count(*) AS refused, count(DISTINCT eventname) AS different_calls,
       approx_distinct(sourceipaddress) AS addresses, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode IN ('Forbidden', 'AuthorizationError'))
GROUP BY 1
ORDER BY refused DESC, caller
LIMIT :rows
