-- title: Calls with outdated TLS
-- question: Who calls with TLS below version 1.2?
-- group: audit
SELECT tlsdetails.tlsversion AS version, useridentity.arn AS caller, eventsource, min(useragent) AS a_client, count(*) AS calls
FROM cloudtrail
WHERE tlsdetails.tlsversion IN ('TLSv1', 'TLSv1.1', 'TLSv1.0', 'SSLv3')
GROUP BY 1, 2, 3
ORDER BY calls DESC
