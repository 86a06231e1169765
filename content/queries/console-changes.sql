-- title: Changes by hand
-- question: Which changes were made in the console rather than by code?
-- group: operations
-- parameter: rows integer = 500 -- how many changes
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, eventsource, eventname, eventid
FROM cloudtrail
WHERE readonly = FALSE AND sessioncredentialfromconsole = 'true' AND errorcode IS NULL
ORDER BY eventtime DESC
LIMIT :rows
