-- title: Users that were made, changed or deleted
-- question: Which users, login profiles and keys were changed, by whom?
-- group: audit
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       coalesce(json_extract_scalar(requestparameters, '$.userName'), useridentity.username) AS target, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'iam.amazonaws.com'
  AND eventname IN ('CreateUser', 'DeleteUser', 'UpdateUser', 'CreateLoginProfile', 'UpdateLoginProfile',
                    'DeleteLoginProfile', 'ChangePassword', 'CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey',
                    'EnableMFADevice', 'DeactivateMFADevice', 'AddUserToGroup', 'RemoveUserFromGroup')
ORDER BY eventtime DESC, eventid
