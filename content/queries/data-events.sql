-- title: Data events
-- question: Which data events are logged, and how many?
-- group: audit
SELECT eventsource, eventname, recipientaccountid, sum(events) AS calls
FROM summary
WHERE eventcategory = 'Data'
GROUP BY 1, 2, 3
ORDER BY calls DESC, 1, 2, 3
