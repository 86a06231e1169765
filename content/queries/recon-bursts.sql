-- title: Bursts of refused calls
-- question: Who tried many different calls within a minute of the clock and was refused?
-- group: incident response
-- parameter: calls integer = 5 -- different calls within the minute
SELECT date_trunc('minute', eventtime) AS minute,
       coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       sourceipaddress, count(*) AS refused, count(DISTINCT eventname) AS different_calls
FROM cloudtrail
WHERE (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode IN ('Forbidden', 'AuthorizationError'))
GROUP BY 1, 2, 3
HAVING count(DISTINCT eventname) >= :calls
ORDER BY minute, caller, sourceipaddress
