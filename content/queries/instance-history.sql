-- title: The history of a resource
-- question: Which calls named a resource, and who made them?
-- group: operations
-- parameter: id varchar -- the resource's id or name
SELECT eventtime, useridentity.arn AS caller, eventsource, eventname, errorcode, eventid
FROM cloudtrail
WHERE strpos(requestparameters, :id) > 0 -- three looks at a column each read less than one at all
UNION
SELECT eventtime, useridentity.arn, eventsource, eventname, errorcode, eventid
FROM cloudtrail
WHERE strpos(responseelements, :id) > 0
UNION
SELECT eventtime, useridentity.arn, eventsource, eventname, errorcode, eventid
FROM cloudtrail
WHERE any_match(resources, r -> strpos(r.arn, :id) > 0)
ORDER BY eventtime, eventid
