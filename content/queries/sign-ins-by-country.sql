-- title: Console sign-ins by country
-- question: From which countries and networks was the console signed in to?
-- group: audit
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT derived.country, derived.asn_organization AS network, -- NULL: no lookup knows the address
       count_if(json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success') AS signed_in,
       count_if(json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Failure') AS failed,
       count(DISTINCT derived.principal) AS principals, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventsource = 'signin.amazonaws.com' AND eventname = 'ConsoleLogin' AND (:account = '%' OR recipientaccountid LIKE :account)
GROUP BY 1, 2
ORDER BY signed_in DESC, failed DESC, 1, 2
