-- title: Console sign-ins without MFA
-- question: Which users and root users signed in to the console with a password alone?
-- group: incident response
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT recipientaccountid, coalesce(useridentity.username, useridentity.arn) AS who, count(*) AS times,
       min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventsource = 'signin.amazonaws.com' AND eventname = 'ConsoleLogin'
  AND useridentity.type IN ('IAMUser', 'Root') -- the second factor of others is the identity provider's matter
  AND json_extract_scalar(additionaleventdata, '$.MFAUsed') IS DISTINCT FROM 'Yes'
  AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success'
  AND (:account = '%' OR recipientaccountid LIKE :account)
GROUP BY 1, 2
ORDER BY times DESC, 1, 2
