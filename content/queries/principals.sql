-- title: Who is active
-- question: Which principals were active, and when first and last?
-- group: audit
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT recipientaccountid, identity_type AS type, caller AS principal, sum(events) AS calls,
       sum(if(coalesce(readonly, -- older records do not say it
                       regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')), 0, events)) AS changes,
       min(first_time) AS first_time, max(last_time) AS last_time
FROM summary
WHERE (:account = '%' OR recipientaccountid LIKE :account)
GROUP BY 1, 2, 3
ORDER BY calls DESC, 1, 2, 3
