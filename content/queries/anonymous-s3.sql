-- title: Anonymous use of S3
-- question: What was asked of S3 without credentials, and what was refused?
-- group: incident response
SELECT eventtime, recipientaccountid, sourceipaddress, eventname,
       json_extract_scalar(requestparameters, '$.bucketName') AS bucket, json_extract_scalar(requestparameters, '$.key') AS object_key,
       errorcode, eventid
FROM cloudtrail
WHERE eventsource = 's3.amazonaws.com' AND useridentity.accountid IN ('anonymous', 'ANONYMOUS_PRINCIPAL')
ORDER BY eventtime DESC, eventid
