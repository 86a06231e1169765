-- title: Calls an hour
-- question: How many calls, changes and errors were there in each hour?
-- group: operations
SELECT hour, sum(events) AS calls,
       sum(if(coalesce(readonly, -- older records do not say it
                       regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')), 0, events)) AS changes,
       sum(if(errorcode IS NULL, 0, events)) AS errors
FROM summary
GROUP BY 1
ORDER BY 1
