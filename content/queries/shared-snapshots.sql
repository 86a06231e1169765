-- title: Images and snapshots that were shared
-- question: Who shared an image or a snapshot with another account?
-- group: incident response
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname, requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventname IN ('ModifySnapshotAttribute', 'ModifyImageAttribute', 'ModifyDBSnapshotAttribute',
                    'ModifyDBClusterSnapshotAttribute')
ORDER BY eventtime DESC
