-- title: Second factors that were removed
-- question: Who deactivated or deleted an MFA device, and whose?
-- group: incident response
SELECT eventtime, recipientaccountid, coalesce(useridentity.arn, useridentity.onbehalfof.userid) AS caller, eventname,
       coalesce(json_extract_scalar(requestparameters, '$.userName'), json_extract_scalar(requestparameters, '$.serialNumber'),
                json_extract_scalar(requestparameters, '$.userId')) AS target, errorcode, eventid
FROM cloudtrail
WHERE eventname IN ('DeactivateMFADevice', 'DeleteVirtualMFADevice', 'DeleteMfaDeviceForUser')
ORDER BY eventtime DESC, eventid
