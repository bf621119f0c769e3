-- Generated orders: the same bytes for the same {rows}, on every machine. Values come from hash() of the row number, so
-- that they look random and need no seed of a random generator; hash(i, n) would make columns of one another. About one
-- row in 5,000 breaks each rule of orders/contracts/orders.yaml; a row may break several. 5 million rows are about 600 MB.
COPY (
    SELECT
        CASE WHEN hash(hash(i) + 1) % 5000 = 0 THEN NULL WHEN i % 5003 = 5002 THEN i - 1 ELSE i END AS order_id,
        CASE WHEN hash(hash(i) + 2) % 5000 = 0 THEN NULL ELSE hash(hash(i) + 3) % 500000 END AS customer_id,
        CASE
            WHEN hash(hash(i) + 4) % 5000 = 0 THEN NULL
            WHEN hash(hash(i) + 5) % 5000 = 0 THEN 'user' || (hash(hash(i) + 3) % 500000) || ' at example.com'
            ELSE 'user' || (hash(hash(i) + 3) % 500000) || '@example.com'
        END AS email,
        CASE
            WHEN hash(hash(i) + 6) % 5000 = 0 THEN 'lost'
            ELSE ['new', 'paid', 'shipped', 'returned'][(1 + hash(hash(i) + 7) % 4)::INTEGER]
        END AS status,
        CASE WHEN hash(hash(i) + 8) % 5000 = 0 THEN -1 ELSE 1 END * ((1 + hash(hash(i) + 9) % 100000) / 100)::DECIMAL(12, 2) AS amount,
        CASE WHEN hash(hash(i) + 10) % 5000 = 0 THEN 0 ELSE 1 + hash(hash(i) + 11) % 20 END AS quantity,
        TIMESTAMP '2024-01-01' + to_seconds((hash(hash(i) + 12) % 31536000)::INTEGER)
            - to_years(CASE WHEN hash(hash(i) + 13) % 5000 = 0 THEN 50 ELSE 0 END) AS ordered_at,
        TIMESTAMP '2025-01-03' + to_seconds((hash(hash(i) + 14) % 31536000)::INTEGER) AS delivered_at,
        CASE
            WHEN hash(hash(i) + 15) % 5000 = 0 THEN 'XX'
            ELSE ['DE', 'FR', 'US', 'GB'][(1 + hash(hash(i) + 16) % 4)::INTEGER]
        END AS country,
        CASE WHEN hash(hash(i) + 17) % 5000 = 0 THEN 'SKU?' ELSE 'SKU-' || lpad((hash(hash(i) + 18) % 99999)::VARCHAR, 5, '0') END AS sku,
        left(md5(i::VARCHAR), 16) AS note
    FROM range({rows}) AS t (i)
) TO '{file}' (FORMAT csv, HEADER)
