-- title: Clients of attack tools
-- question: Which calls came from tools that testers and attackers use?
-- group: incident response
SELECT useragent, useridentity.arn AS caller, sourceipaddress, count(*) AS calls, min(eventtime) AS first_time
FROM cloudtrail
WHERE regexp_like(useragent, '(?i)(kali|parrot|pentoo|pacu|scoutsuite|prowler|cloudmapper)')
GROUP BY 1, 2, 3
ORDER BY calls DESC
