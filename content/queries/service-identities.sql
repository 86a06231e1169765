-- title: What services did for us
-- question: Which AWS services made calls on behalf of the account?
-- group: audit
SELECT useridentity.invokedby AS service, eventsource, count(*) AS calls,
       count_if(NOT coalesce(readonly, -- older records do not say it
                             regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)'))) AS changes
FROM cloudtrail
WHERE useridentity.invokedby IS NOT NULL
GROUP BY 1, 2
ORDER BY calls DESC, 1, 2
LIMIT 100
