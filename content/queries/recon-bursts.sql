-- title: Bursts of refused calls
-- question: Who tried many different calls within a minute and was refused?
-- group: incident response
-- parameter: calls integer = 5 -- different calls within the minute
SELECT date_trunc('minute', eventtime) AS minute, useridentity.arn AS caller, sourceipaddress,
       count(*) AS refused, count(DISTINCT eventname) AS different_calls
FROM cloudtrail
WHERE (errorcode IN ('AccessDenied', 'AccessDeniedException', 'Forbidden') OR errorcode LIKE '%UnauthorizedOperation')
GROUP BY 1, 2, 3
HAVING count(DISTINCT eventname) >= :calls
ORDER BY minute
