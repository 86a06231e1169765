-- title: Regions that were used anew
-- question: Which accounts made calls that change something in a region for the first time?
-- group: incident response
-- parameter: since timestamp -- first used from then on
SELECT recipientaccountid, awsregion, min(eventtime) AS first_time, count(*) AS calls,
       min_by(coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid), eventtime) AS first_caller,
       min_by(eventname, eventtime) AS first_call
FROM cloudtrail
WHERE (NOT readonly OR (readonly IS NULL -- older records do not say it
                   AND NOT regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')))
GROUP BY 1, 2
HAVING min(eventtime) >= :since
ORDER BY first_time, 1, 2
