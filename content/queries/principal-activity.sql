-- title: What a principal did
-- question: Which calls did a user or role session make, in their order?
-- group: incident response
-- parameter: arn varchar -- the principal's ARN
-- parameter: rows integer = 1000 -- how many calls at most
SELECT eventtime, awsregion, eventsource, eventname, sourceipaddress, errorcode, requestparameters, eventid
FROM cloudtrail
WHERE useridentity.arn = :arn
ORDER BY eventtime, eventid
LIMIT :rows
