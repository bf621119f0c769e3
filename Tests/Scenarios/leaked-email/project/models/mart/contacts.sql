/* weir
why: how often people write to us, for the service team
strategy: table
*/
SELECT email AS customer, count(*) AS messages, max(sent_at) AS last_at, any_value('from ' || email) AS note
FROM raw.messages
GROUP BY email
