-- title: Instances that were stopped or terminated
-- question: Who stopped or terminated which instances, and when?
-- group: operations
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, eventname,
       json_extract_scalar(i.item, '$.instanceId') AS instance, sourceipaddress, eventid
FROM cloudtrail t
CROSS JOIN UNNEST(TRY_CAST(json_extract(requestparameters, '$.instancesSet.items') AS array(json))) AS i (item)
WHERE eventname IN ('StopInstances', 'TerminateInstances') AND errorcode IS NULL AND (:account = '%' OR recipientaccountid LIKE :account)
ORDER BY eventtime DESC, instance, eventid
