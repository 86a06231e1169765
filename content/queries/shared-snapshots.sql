-- title: Images and snapshots that were shared
-- question: Who shared an image or a snapshot with another account?
-- group: incident response
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname, requestparameters, errorcode, eventid
FROM cloudtrail
WHERE (eventname = 'ModifySnapshotAttribute' AND json_extract(requestparameters, '$.createVolumePermission.add') IS NOT NULL)
   OR (eventname = 'ModifyImageAttribute' AND json_extract(requestparameters, '$.launchPermission.add') IS NOT NULL)
   OR (eventname IN ('ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute')
       AND json_array_length(json_extract(requestparameters, '$.valuesToAdd')) > 0)
ORDER BY eventtime DESC, eventid
