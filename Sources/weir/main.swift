import WeirEngine
let db = try await Database.open()
let rows = try await db.withConnection { c in
    try await c.execute("LOAD icu; LOAD json")
    return try await c.query("""
    select 1::tinyint a, 170141183460469231731687303715884105727::hugeint b, 12.345::decimal(38,3) c, -0.05::decimal(4,2) c2, date '2013-02-28' d, timestamp '1969-12-31 23:59:59.5' e,
    timestamptz '2020-01-01 00:00:00+02' f, interval '1 year 3 days 02:00:01' g, uuid '00112233-4455-6677-8899-aabbccddeeff' h, '\\xAA\\x00'::blob i, 'b'::enum('a','b') j,
    [1,2,null] k, {'x':1,'y':'z'} l, map{'a':1} m, '0101'::bit n, time '10:11:12' o, timetz '10:11:12+05:30' p, [1,2,3]::int[3] q, union_value(k := 1) r, null s, 'a long string of more than twelve'::varchar t, '{"a":1}'::json u, timestamp_ns '2020-01-01 00:00:00.123456789' v, 1.5::float w, 18446744073709551615::ubigint x, ?::bigint y, ?::varchar[] z
    """, [7, .list(["q", "r"])])
}
for (c, v) in zip(rows.columns, rows.first!) { print(c.name, c.type, v.display) }
let t = Task { try await db.withConnection { c in try await c.query("select count(*) from range(100000000000) a, range(1000) b") } }
try await Task.sleep(for: .milliseconds(200))
let clock = ContinuousClock(); let s = clock.now
t.cancel()
do { _ = try await t.value; print("?") } catch { print("cancelled", error, clock.now - s) }
