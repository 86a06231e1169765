-- title: Console sign-ins
-- question: Who signed in to the console, from where, and how?
-- group: audit
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT eventtime, recipientaccountid, coalesce(useridentity.username, useridentity.arn) AS who, useridentity.type,
       sourceipaddress, json_extract_scalar(additionaleventdata, '$.MFAUsed') AS mfa,
       json_extract_scalar(responseelements, '$.ConsoleLogin') AS outcome, eventid
FROM cloudtrail
WHERE eventsource = 'signin.amazonaws.com' AND eventname = 'ConsoleLogin' AND (:account = '%' OR recipientaccountid LIKE :account)
ORDER BY eventtime DESC, eventid
