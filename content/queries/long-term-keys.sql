-- title: Keys of users in use
-- question: Which long-term access keys are used, and when were they last?
-- group: audit
SELECT useridentity.accesskeyid AS access_key, min(useridentity.arn) AS owner, count(*) AS calls,
       approx_distinct(sourceipaddress) AS addresses, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE useridentity.accesskeyid LIKE 'AKIA%'
GROUP BY 1
ORDER BY last_time DESC, access_key
