-- title: The busiest callers
-- question: Who makes most calls?
-- group: operations
-- parameter: rows integer = 50 -- how many callers
SELECT useridentity.type, useridentity.arn AS caller, count(*) AS calls, count(errorcode) AS errors
FROM cloudtrail
GROUP BY 1, 2
ORDER BY calls DESC
LIMIT :rows
