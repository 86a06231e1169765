-- title: How roles are used
-- question: Which calls does a role really need?
-- group: audit
-- parameter: role varchar -- the role's ARN
SELECT eventsource, eventname, count(*) AS calls, count(errorcode) AS errors, max(eventtime) AS last_time
FROM cloudtrail
WHERE useridentity.sessioncontext.sessionissuer.arn = :role
GROUP BY 1, 2
ORDER BY 1, 2
