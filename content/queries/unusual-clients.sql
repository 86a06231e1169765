-- title: Clients of attack tools
-- question: Which calls came from tools that testers and attackers use?
-- group: incident response
SELECT useragent,
       coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       sourceipaddress, count(*) AS calls, count(errorcode) AS errors, min(eventtime) AS first_time
FROM cloudtrail
WHERE regexp_like(useragent, '(?i)(kali|parrot|pentoo|pacu|scoutsuite|scout suite|prowler|cloudmapper|cloudfox|trufflehog|stratus-red-team)')
GROUP BY 1, 2, 3
ORDER BY calls DESC, 1, 2, 3
