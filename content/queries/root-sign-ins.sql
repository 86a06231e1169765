-- title: Root users who signed in
-- question: When did a root user sign in to the console, from where, and with MFA?
-- group: incident response
SELECT recipientaccountid, eventtime, sourceipaddress,
       json_extract_scalar(additionaleventdata, '$.MFAUsed') AS mfa,
       json_extract_scalar(responseelements, '$.ConsoleLogin') AS outcome, eventid
FROM cloudtrail
WHERE eventsource = 'signin.amazonaws.com' AND eventname = 'ConsoleLogin' AND useridentity.type = 'Root'
ORDER BY eventtime DESC, eventid
