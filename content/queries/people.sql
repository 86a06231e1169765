-- title: People
-- question: Which principals show a sign of a person, and what do they change?
-- group: audit
-- parameter: rows integer = 100 -- how many principals
SELECT derived.principal, count(*) AS calls,
       count_if(derived.action IN ('write', 'permissions', 'tagging')) AS changes,
       count_if(derived.is_console) AS by_console, count(DISTINCT sourceipaddress) AS addresses,
       min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE derived.is_human
GROUP BY 1
ORDER BY changes DESC, calls DESC, 1
LIMIT :rows
