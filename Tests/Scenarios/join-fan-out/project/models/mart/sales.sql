/* weir
why: sales of a day
strategy: table
*/
SELECT day, count(*) AS orders, sum(amount) AS revenue
FROM mart.order_revenue
GROUP BY day
