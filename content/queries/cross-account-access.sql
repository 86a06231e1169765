-- title: Access from other accounts
-- question: Which accounts called into which others, and what?
-- group: incident response
-- parameter: rows integer = 100 -- how many pairs
SELECT useridentity.accountid AS from_account, recipientaccountid AS into_account, eventname, count(*) AS calls, count(errorcode) AS errors,
       min(eventtime) AS first_time
FROM cloudtrail
WHERE useridentity.accountid <> recipientaccountid AND useridentity.accountid NOT IN ('anonymous', 'ANONYMOUS_PRINCIPAL')
GROUP BY 1, 2, 3
ORDER BY calls DESC, 1, 2, 3
LIMIT :rows
