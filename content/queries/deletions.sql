-- title: Deletions
-- question: What was deleted, by whom?
-- group: operations
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT eventsource, eventname, useridentity.arn AS caller, count(*) AS times, min(eventtime) AS first_time,
       max(eventtime) AS last_time
FROM cloudtrail
WHERE regexp_like(eventname, '^(Delete|Terminate|Remove|Detach|Disable|Deregister|Purge|Release|ScheduleKeyDeletion)')
  AND errorcode IS NULL AND (:account = '%' OR recipientaccountid LIKE :account)
GROUP BY 1, 2, 3
ORDER BY times DESC, 1, 2, 3
LIMIT 200
