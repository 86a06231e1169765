-- title: Access to buckets that was changed
-- question: Who changed a bucket's policy, ACL or public access block?
-- group: incident response
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       json_extract_scalar(requestparameters, '$.bucketName') AS bucket, requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 's3.amazonaws.com'
  AND eventname IN ('PutBucketPolicy', 'PutBucketAcl', 'DeleteBucketPolicy', 'PutBucketPublicAccessBlock',
                    'DeleteBucketPublicAccessBlock', 'PutAccountPublicAccessBlock', 'DeleteAccountPublicAccessBlock',
                    'PutObjectAcl')
ORDER BY eventtime DESC, eventid
