/* table_function_table.h - functions behind FROM that stand for a query: TABLE_FUNCTION(name, what
 * its argument is, query). $1 stands for the argument, a string.
 *
 * Included where TABLE_FUNCTION is defined. The queries read tables of the catalog by name; depth
 * is bounded, so that keys which gave out each other end, and two records of one event are two
 * rows.
 */
#define HANDED_COLUMNS                                                                             \
    "(issued, caller_key, caller, type, eventid, eventname, eventtime, account, region, address, " \
    "shared)"

/* Who gave out a key, and who gave out that one's (lineage/lineage_back.h does more: it also goes
 * by name and time). Of calls across accounts the caller's record counts, which knows who called.
 */
TABLE_FUNCTION(
    "lineage", "an access key",
    "WITH RECURSIVE handed " HANDED_COLUMNS " AS (SELECT issued_accesskey_id, accesskey_id, "
    "coalesce(principal_arn, useridentity.principalid, useridentity.invokedby), "
    "coalesce(useridentity.type, ''), eventid, eventname, eventtime, recipientaccountid, "
    "awsregion, "
    "sourceipaddress, sharedeventid FROM cloudtrail WHERE issued_accesskey_id IS NOT NULL AND "
    "errorcode IS NULL), "
    "given " HANDED_COLUMNS " AS (SELECT * FROM handed WHERE type <> 'AWSAccount' UNION ALL "
    "SELECT h.issued, c.accesskey_id, coalesce(c.principal_arn, c.useridentity.principalid, "
    "h.caller), "
    "coalesce(c.useridentity.type, h.type), coalesce(c.eventid, h.eventid), h.eventname, "
    "coalesce(c.eventtime, h.eventtime), coalesce(c.recipientaccountid, h.account), "
    "coalesce(c.awsregion, h.region), coalesce(c.sourceipaddress, h.address), h.shared FROM handed "
    "h "
    "LEFT JOIN cloudtrail c ON c.sharedeventid = h.shared AND c.sharedeventid IS NOT NULL AND "
    "c.useridentity.type <> 'AWSAccount' WHERE h.type = 'AWSAccount' AND h.issued NOT IN (SELECT "
    "issued FROM handed WHERE type <> 'AWSAccount')), "
    "step (depth, kind, accesskeyid, principal) AS (SELECT 0, min(useridentity.type), $1, "
    "min(principal_arn) FROM cloudtrail WHERE accesskey_id = $1 UNION ALL SELECT s.depth + 1, "
    "g.type, g.caller_key, g.caller FROM step s JOIN given g ON g.issued = s.accesskeyid WHERE "
    "s.depth < 16) "
    "SELECT s.depth, s.kind, s.accesskeyid, s.principal, g.eventid, g.eventname, g.eventtime, "
    "g.account, g.region, g.address, CASE WHEN g.eventid IS NOT NULL AND s.depth = 16 THEN 'the "
    "chain goes on' WHEN g.eventid IS NULL AND s.accesskeyid LIKE 'ASIA%' THEN 'no event gave out "
    "this key' END AS note FROM step s LEFT JOIN given g ON g.issued = s.accesskeyid")
#undef HANDED_COLUMNS
