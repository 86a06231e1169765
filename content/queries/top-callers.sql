-- title: The busiest callers
-- question: Who makes most calls?
-- group: operations
-- parameter: rows integer = 50 -- how many callers
SELECT useridentity.type,
       coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       count(*) AS calls, count(errorcode) AS errors
FROM cloudtrail
GROUP BY 1, 2
ORDER BY calls DESC, 1, 2
LIMIT :rows
