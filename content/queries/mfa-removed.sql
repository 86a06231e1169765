-- title: Second factors that were removed
-- question: Who deactivated or deleted an MFA device, and whose?
-- group: incident response
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       json_extract_scalar(requestparameters, '$.userName') AS target, errorcode, eventid
FROM cloudtrail
WHERE eventname IN ('DeactivateMFADevice', 'DeleteVirtualMFADevice')
ORDER BY eventtime DESC
