-- title: Failed console sign-ins
-- question: Who failed to sign in, from which addresses, and how often?
-- group: incident response
SELECT recipientaccountid, coalesce(useridentity.username, useridentity.arn, useridentity.type) AS who, sourceipaddress,
       count(*) AS times, min(eventtime) AS first_time, max(eventtime) AS last_time, max(errormessage) AS a_message
FROM cloudtrail
WHERE eventsource = 'signin.amazonaws.com' AND eventname = 'ConsoleLogin' AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Failure'
GROUP BY 1, 2, 3
ORDER BY times DESC, 1, 2, 3
