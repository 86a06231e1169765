-- title: Instances that were launched
-- question: Who launched instances, of which type, and how many?
-- group: operations
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller,
       json_extract_scalar(requestparameters, '$.instanceType') AS instance_type,
       json_array_length(json_extract(responseelements, '$.instancesSet.items')) AS instances, errorcode, eventid
FROM cloudtrail
WHERE eventname = 'RunInstances'
ORDER BY eventtime DESC
