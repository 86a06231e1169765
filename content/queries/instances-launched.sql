-- title: Instances that were launched
-- question: Who launched instances, of which type, and how many?
-- group: operations
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller,
       coalesce(json_extract_scalar(responseelements, '$.instancesSet.items[0].instanceType'),
                json_extract_scalar(requestparameters, '$.instanceType')) AS instance_type,
       json_array_length(json_extract(responseelements, '$.instancesSet.items')) AS instances, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'ec2.amazonaws.com' AND eventname = 'RunInstances'
ORDER BY eventtime DESC, eventid
