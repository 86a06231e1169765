-- title: Changes of keys
-- question: Who disabled, scheduled for deletion or changed the policy, grants or rotation of a KMS key?
-- group: operations
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       json_extract_scalar(requestparameters, '$.keyId') AS key_id, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'kms.amazonaws.com'
  AND eventname IN ('DisableKey', 'ScheduleKeyDeletion', 'DeleteImportedKeyMaterial', 'DisableKeyRotation', 'PutKeyPolicy',
                    'CreateGrant', 'RevokeGrant')
ORDER BY eventtime DESC, eventid
