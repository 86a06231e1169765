-- title: Where a session's key came from
-- question: Through which chain of roles was an access key handed out?
-- group: incident response
-- parameter: key varchar -- the session's access key
WITH RECURSIVE chain (depth, access_key, given_by, given_at, from_key) AS (
  SELECT 1, issued_accesskey_id, coalesce(useridentity.arn, useridentity.invokedby, useridentity.username, useridentity.principalid),
         eventtime, useridentity.accesskeyid
  FROM cloudtrail
  WHERE issued_accesskey_id = :key
  UNION ALL
  SELECT c.depth + 1, t.issued_accesskey_id,
         coalesce(t.useridentity.arn, t.useridentity.invokedby, t.useridentity.username, t.useridentity.principalid), t.eventtime, t.useridentity.accesskeyid
  FROM chain c JOIN cloudtrail t ON t.issued_accesskey_id = c.from_key
  WHERE c.depth < 10
)
SELECT depth, access_key, given_by, given_at, from_key
FROM chain
ORDER BY depth, given_at
