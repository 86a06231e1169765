-- title: Access keys that were made
-- question: Who made an access key, for whom, and what is its id?
-- group: incident response
SELECT eventtime, recipientaccountid, useridentity.arn AS made_by, sourceipaddress,
       coalesce(json_extract_scalar(responseelements, '$.accessKey.userName'), useridentity.username, useridentity.arn) AS made_for,
       json_extract_scalar(responseelements, '$.accessKey.accessKeyId') AS access_key, eventid
FROM cloudtrail
WHERE eventsource = 'iam.amazonaws.com' AND eventname = 'CreateAccessKey' AND errorcode IS NULL
ORDER BY eventtime DESC, eventid
