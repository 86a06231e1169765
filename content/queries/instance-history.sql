-- title: The history of a resource
-- question: Which calls named a resource, and who made them?
-- group: operations
-- parameter: id varchar -- the resource's id or name
SELECT eventtime, useridentity.arn AS caller, eventsource, eventname, errorcode, eventid
FROM cloudtrail
WHERE requestparameters LIKE '%' || :id || '%' OR responseelements LIKE '%' || :id || '%'
ORDER BY eventtime
