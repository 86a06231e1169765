-- title: Anonymous reads of S3
-- question: Which objects were read without credentials?
-- group: incident response
SELECT eventtime, sourceipaddress, eventname, json_extract_scalar(requestparameters, '$.bucketName') AS bucket,
       json_extract_scalar(requestparameters, '$.key') AS object_key, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 's3.amazonaws.com' AND useridentity.accountid = 'anonymous'
ORDER BY eventtime DESC
