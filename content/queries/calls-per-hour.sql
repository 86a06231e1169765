-- title: Calls an hour
-- question: How many calls, changes and errors were there in each hour?
-- group: operations
SELECT date_trunc('hour', eventtime) AS hour, count(*) AS calls,
       count_if(NOT coalesce(readonly, -- older records do not say it
                             regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)'))) AS changes,
       count(errorcode) AS errors
FROM cloudtrail
GROUP BY 1
ORDER BY 1
