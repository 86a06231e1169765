-- title: The history of a resource
-- question: Which calls named a resource, and who made them?
-- group: operations
-- parameter: id varchar -- the resource's id or name
SELECT eventtime, useridentity.arn AS caller, eventsource, eventname, errorcode, eventid
FROM cloudtrail
WHERE strpos(requestparameters, :id) > 0 OR strpos(responseelements, :id) > 0
   OR any_match(resources, r -> strpos(r.arn, :id) > 0)
ORDER BY eventtime, eventid
