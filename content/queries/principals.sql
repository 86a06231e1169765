-- title: Who is active
-- question: Which principals were active, and when first and last?
-- group: audit
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT recipientaccountid, useridentity.type,
       coalesce(useridentity.sessioncontext.sessionissuer.arn, useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS principal,
       count(*) AS calls,
       count_if(NOT coalesce(readonly, -- older records do not say it
                             regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)'))) AS changes,
       min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE (:account = '%' OR recipientaccountid LIKE :account)
GROUP BY 1, 2, 3
ORDER BY calls DESC, 1, 2, 3
