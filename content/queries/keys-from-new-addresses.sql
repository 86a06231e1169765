-- title: Keys used from new addresses
-- question: Which access keys, in use before, were used from an address that was not seen with them before a day?
-- group: incident response
-- parameter: since timestamp -- addresses first seen from then on
WITH uses AS (
  SELECT useridentity.accesskeyid AS access_key, min(useridentity.arn) AS caller, sourceipaddress,
         min(eventtime) AS first_time, count(*) AS calls
  FROM cloudtrail
  WHERE useridentity.accesskeyid <> '' AND sourceipaddress NOT LIKE '%.amazonaws.com' AND sourceipaddress <> 'AWS Internal'
  GROUP BY 1, 3
), known AS (
  SELECT access_key, caller, sourceipaddress, first_time, calls,
         min(first_time) OVER (PARTITION BY access_key) AS key_first_time
  FROM uses
)
SELECT access_key, caller, sourceipaddress, first_time, calls, key_first_time
FROM known
WHERE first_time >= :since AND first_time > key_first_time
ORDER BY first_time, access_key, sourceipaddress
