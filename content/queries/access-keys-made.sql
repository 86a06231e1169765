-- title: Access keys that were made
-- question: Who made an access key, for whom, and what is its id?
-- group: incident response
SELECT eventtime, recipientaccountid, useridentity.arn AS made_by, sourceipaddress,
       json_extract_scalar(responseelements, '$.accessKey.userName') AS made_for,
       json_extract_scalar(responseelements, '$.accessKey.accessKeyId') AS access_key, eventid
FROM cloudtrail
WHERE eventname = 'CreateAccessKey' AND errorcode IS NULL
ORDER BY eventtime DESC
