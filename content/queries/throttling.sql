-- title: Throttled calls
-- question: Which callers and calls are throttled?
-- group: operations
SELECT date_trunc('hour', eventtime) AS hour, eventsource, eventname, useridentity.arn AS caller, count(*) AS throttled
FROM cloudtrail
WHERE errorcode IN ('ThrottlingException', 'Throttling', 'RequestLimitExceeded', 'Client.RequestLimitExceeded',
                    'TooManyRequestsException', 'SlowDown', 'ProvisionedThroughputExceededException')
GROUP BY 1, 2, 3, 4
ORDER BY throttled DESC
LIMIT 100
