-- title: Accounts and regions by day
-- question: How many records does each account and region have, from when to when?
-- group: integrity
SELECT recipientaccountid, awsregion, count(*) AS records, count(DISTINCT CAST(eventtime AS date)) AS days,
       min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
GROUP BY 1, 2
ORDER BY 1, 2
