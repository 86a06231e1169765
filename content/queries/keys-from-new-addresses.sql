-- title: Keys used from new addresses
-- question: Which access keys were used from an address that was not seen with them before a day?
-- group: incident response
-- parameter: since timestamp -- addresses first seen from then on
SELECT useridentity.accesskeyid AS access_key, min(useridentity.arn) AS caller, sourceipaddress,
       min(eventtime) AS first_time, count(*) AS calls
FROM cloudtrail
WHERE useridentity.accesskeyid IS NOT NULL AND sourceipaddress NOT LIKE '%.amazonaws.com'
GROUP BY 1, 3
HAVING min(eventtime) >= :since
ORDER BY first_time
