-- title: Calls with outdated TLS
-- question: Who calls with TLS below version 1.2?
-- group: audit
SELECT tlsdetails.tlsversion AS version,
       coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       eventsource, min(useragent) AS a_client, count(*) AS calls
FROM cloudtrail
WHERE tlsdetails.tlsversion IN ('TLSv1', 'TLSv1.0', 'TLSv1.1', 'SSLv2', 'SSLv3')
GROUP BY 1, 2, 3
ORDER BY calls DESC, 1, 2, 3
