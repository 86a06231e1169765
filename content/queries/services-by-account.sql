-- title: Services of each account
-- question: Which services does each account use, and how much?
-- group: operations
SELECT recipientaccountid, eventsource, sum(events) AS calls,
       sum(if(coalesce(readonly, -- older records do not say it
                       regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')), 0, events)) AS changes,
       max(last_time) AS last_time
FROM summary
GROUP BY 1, 2
ORDER BY 1, calls DESC, 2
