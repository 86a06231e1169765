-- title: What came from an address
-- question: Who called what from an IP address?
-- group: incident response
-- parameter: address varchar -- the IP address
SELECT coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       recipientaccountid, eventsource, eventname, count(*) AS calls, count(errorcode) AS errors, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE sourceipaddress = :address
GROUP BY 1, 2, 3, 4
ORDER BY first_time, 1, 2, 3, 4
