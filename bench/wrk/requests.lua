-- Requests for wrk: METHOD KIND DISTINCT OFFSET KEY
--   METHOD   GET: /query?q=KIND-n   POST: /query with {"query":"KIND-n","limit":5}
--   DISTINCT so many, over and over; 0: every request another one, counted from OFFSET
-- At the end one line of JSON: what was counted, latencies in microseconds.
local method, kind, distinct, offset, key
local prepared, at = {}, 0

local function build(n)
    local head = " HTTP/1.1\r\nHost: bench.test\r\nX-API-Key: " .. key .. "\r\n"
    if method == "GET" then
        return "GET /query?q=" .. kind .. "-" .. n .. head .. "\r\n"
    end
    local body = '{"query":"' .. kind .. "-" .. n .. '","limit":5}'
    return "POST /query" .. head .. "Content-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function init(args)
    method, kind, distinct, offset, key = args[1], args[2], tonumber(args[3]), tonumber(args[4]), args[5]
    for n = 1, distinct do
        prepared[n] = build(n - 1)
    end
end

function request()
    at = at + 1
    if distinct > 0 then
        if at > distinct then at = 1 end
        return prepared[at]
    end
    return build(offset + at)
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        '{"requests":%d,"micros":%d,"bytes":%d,"status":%d,"broken":%d,"p50":%d,"p90":%d,"p99":%d,"p999":%d}\n',
        summary.requests, summary.duration, summary.bytes, e.status, e.connect + e.read + e.write + e.timeout,
        latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9)))
end
