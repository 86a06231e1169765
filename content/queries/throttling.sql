-- title: Throttled calls
-- question: Which callers and calls are throttled?
-- group: operations
SELECT date_trunc('hour', eventtime) AS hour, eventsource, eventname,
       coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       count(*) AS throttled
FROM cloudtrail
WHERE errorcode LIKE '%Throttl%' OR errorcode LIKE '%RequestLimitExceeded'
   OR errorcode IN ('TooManyRequestsException', 'SlowDown', 'ProvisionedThroughputExceededException')
GROUP BY 1, 2, 3, 4
ORDER BY throttled DESC, 1, 2, 3, 4
LIMIT 100
