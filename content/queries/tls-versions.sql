-- title: TLS versions
-- question: Which versions and ciphers of TLS are used?
-- group: audit
SELECT tlsdetails.tlsversion AS version, tlsdetails.ciphersuite AS cipher, count(*) AS calls
FROM cloudtrail
GROUP BY 1, 2
ORDER BY calls DESC, 1, 2
