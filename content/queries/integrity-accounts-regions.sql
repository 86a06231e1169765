-- title: Accounts and regions by day
-- question: How many records does each account and region have, from when to when?
-- group: integrity
SELECT recipientaccountid, awsregion, sum(events) AS records, count(DISTINCT CAST(hour AS date)) AS days,
       min(first_time) AS first_time, max(last_time) AS last_time
FROM summary
GROUP BY 1, 2
ORDER BY 1, 2
