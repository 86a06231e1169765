-- title: What services did for us
-- question: Which AWS services made calls on behalf of the account?
-- group: audit
SELECT useridentity.invokedby AS service, eventsource, count(*) AS calls, count_if(readonly = FALSE) AS changes
FROM cloudtrail
WHERE useridentity.invokedby IS NOT NULL
GROUP BY 1, 2
ORDER BY calls DESC, 1, 2
LIMIT 100
