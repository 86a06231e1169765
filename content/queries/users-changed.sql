-- title: Users that were made, changed or deleted
-- question: Which users, login profiles and keys were changed, by whom?
-- group: audit
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       json_extract_scalar(requestparameters, '$.userName') AS target, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'iam.amazonaws.com'
  AND eventname IN ('CreateUser', 'DeleteUser', 'UpdateUser', 'CreateLoginProfile', 'UpdateLoginProfile',
                    'DeleteLoginProfile', 'CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey', 'EnableMFADevice',
                    'DeactivateMFADevice', 'AddUserToGroup', 'RemoveUserFromGroup')
ORDER BY eventtime DESC
