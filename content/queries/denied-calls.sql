-- title: Which calls were refused
-- question: Which calls were denied most often?
-- group: incident response
-- parameter: rows integer = 50 -- how many calls
SELECT eventsource, eventname, errorcode, count(*) AS refused, approx_distinct(useridentity.arn) AS callers
FROM cloudtrail
WHERE (errorcode IN ('AccessDenied', 'AccessDeniedException', 'Forbidden') OR errorcode LIKE '%UnauthorizedOperation')
GROUP BY 1, 2, 3
ORDER BY refused DESC
LIMIT :rows
