-- title: Addresses on threat lists
-- question: Which calls came from addresses that a threat list held when they were read?
-- group: incident response
SELECT list, sourceipaddress, derived.country, derived.principal, count(*) AS calls, count(errorcode) AS errors,
       min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail CROSS JOIN UNNEST(derived.threat_lists) AS t(list)
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC, 1, 2, 4
