-- title: Console sign-ins without MFA
-- question: Who signed in to the console without a second factor?
-- group: incident response
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT recipientaccountid, coalesce(useridentity.username, useridentity.arn) AS who, count(*) AS times,
       min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventname = 'ConsoleLogin'
  AND json_extract_scalar(additionaleventdata, '$.MFAUsed') = 'No'
  AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success'
  AND recipientaccountid LIKE :account
GROUP BY 1, 2
ORDER BY times DESC
