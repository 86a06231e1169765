-- title: Services of each account
-- question: Which services does each account use, and how much?
-- group: operations
SELECT recipientaccountid, eventsource, count(*) AS calls,
       count_if(NOT coalesce(readonly, -- older records do not say it
                             regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)'))) AS changes,
       max(eventtime) AS last_time
FROM cloudtrail
GROUP BY 1, 2
ORDER BY 1, calls DESC, 2
