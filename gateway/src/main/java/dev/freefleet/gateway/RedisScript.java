package dev.freefleet.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What Redis does in one piece: a Lua script, which nothing else runs beside. It is named by its SHA-1 (EVALSHA), and sent whole
 * where the server does not know it. All keys begin with {@value #PREFIX}, whose number is that of the form of what they
 * hold, so that gateways of two versions do not read each other's. One server, no cluster: scripts touch several keys.
 */
enum RedisScript {
    /**
     * GCRA on several buckets, from all or from none, by the server's clock. KEYS: buckets; ARGV: interval, tolerance
     * (microseconds) and cost of each. Gives for each how far its arrival time was ahead (microseconds), then 1 or 0. Times
     * count from 2023-11-14, so that a double holds them with fractions.
     */
    TAKE("""
            local t = redis.call('TIME')
            local now = (t[1] - 1700000000) * 1000000 + t[2]
            local out, ahead, all = {}, {}, 1
            for i = 1, #KEYS do
              ahead[i] = math.max(0, (tonumber(redis.call('GET', KEYS[i]) or now) or now) - now)
              if ahead[i] + ARGV[3 * i - 2] > tonumber(ARGV[3 * i - 1]) then all = 0 end
              out[i] = string.format('%.3f', ahead[i])
            end
            if all == 1 then
              for i = 1, #KEYS do
                if ARGV[3 * i] == '1' then
                  local next = ahead[i] + ARGV[3 * i - 2]
                  redis.call('SET', KEYS[i], string.format('%.3f', now + next), 'PX', string.format('%d', math.ceil(next / 1000) + 1))
                end
              end
            end
            out[#KEYS + 1] = tostring(all)
            return out
            """),

    /**
     * Counts towards several quotas, all or none. KEYS: quotas; ARGV of each: its requests, its end (epoch ms), what the caller
     * knows to be counted, and what it counted alone and has not told yet. Gives the count of each, then 1 or 0. A count is kept for
     * an hour after its end, which the gateways' clocks tell and not Redis's.
     */
    COUNT("""
            local t = redis.call('TIME')
            local now = t[1] * 1000 + math.floor(t[2] / 1000)
            local out, used, all = {}, {}, 1
            for i = 1, #KEYS do
              used[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or 0) or 0, tonumber(ARGV[4 * i - 1])) + ARGV[4 * i]
              if used[i] + 1 > tonumber(ARGV[4 * i - 3]) then all = 0 end
            end
            for i = 1, #KEYS do
              used[i] = used[i] + all
              redis.call('SET', KEYS[i], string.format('%d', used[i]), 'PX', string.format('%d', math.max(0, ARGV[4 * i - 2] - now) + 3600000))
              out[i] = string.format('%d', used[i])
            end
            out[#KEYS + 1] = tostring(all)
            return out
            """),

    /**
     * Stores one variant, unless there was a purge that the caller has not heard of. KEYS: the entry, the count of purges; ARGV:
     * the caller's count, the variant's id, its record, its tags, the time to live (ms), the most variants.
     */
    PUT("""
            if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
            local most = tonumber(ARGV[6])
            if redis.call('HLEN', KEYS[1]) > 2 * most and redis.call('HEXISTS', KEYS[1], 'v' .. ARGV[2]) == 0 then
              local oldest, least
              for _, f in ipairs(redis.call('HKEYS', KEYS[1])) do
                if string.sub(f, 1, 1) == 't' then
                  local n = string.sub(redis.call('HGET', KEYS[1], f), 1, 12)
                  if not least or n < least then oldest, least = string.sub(f, 2), n end
                end
              end
              redis.call('HDEL', KEYS[1], 'v' .. oldest, 't' .. oldest)
            end
            local n = string.format('%012d', redis.call('HINCRBY', KEYS[1], 'n', 1))
            redis.call('HSET', KEYS[1], 'v' .. ARGV[2], ARGV[3], 't' .. ARGV[2], n .. ARGV[4])
            redis.call('PEXPIRE', KEYS[1], ARGV[5])
            return 1
            """),

    /** Removes from entries what has a tag, or all. KEYS: entries; ARGV: the tag between NULs, or "". Gives how many answers. */
    DROP("""
            local dropped = 0
            for _, key in ipairs(KEYS) do
              if ARGV[1] == '' then
                dropped = dropped + math.max(0, (redis.call('HLEN', key) - 1) / 2)
                redis.call('DEL', key)
              else
                for _, f in ipairs(redis.call('HKEYS', key)) do
                  if string.sub(f, 1, 1) == 't' then
                    local tags = redis.call('HGET', key, f)
                    if string.find(tags, ARGV[1], 13, true) or string.find(tags, '\\0*\\0', 13, true) then
                      redis.call('HDEL', key, f, 'v' .. string.sub(f, 2))
                      dropped = dropped + 1
                    end
                  end
                end
                if redis.call('HLEN', key) == 1 then redis.call('DEL', key) end
              end
            end
            return dropped
            """),

    /**
     * Notes a purge. KEYS: epoch, count, log; ARGV: an epoch where there is none, the purge, the channel. Gives epoch and
     * count.
     */
    PURGE("""
            redis.call('SET', KEYS[1], ARGV[1], 'NX')
            local count = redis.call('INCR', KEYS[2])
            redis.call('RPUSH', KEYS[3], ARGV[2])
            redis.call('LTRIM', KEYS[3], -1000, -1)
            redis.call('PUBLISH', ARGV[3], '')
            return {redis.call('GET', KEYS[1]), tostring(count)}
            """),

    /**
     * Which purges there were since. KEYS as for PURGE; ARGV: an epoch where there is none, the caller's epoch and its count.
     * Gives epoch, count, 1 where all purges since are still told (else 0), and those.
     */
    PURGES("""
            redis.call('SET', KEYS[1], ARGV[1], 'NX')
            local epoch = redis.call('GET', KEYS[1])
            local count = tonumber(redis.call('GET', KEYS[2]) or 0)
            local known = epoch == ARGV[2] and tonumber(ARGV[3]) or 0
            local new, kept = count - known, redis.call('LLEN', KEYS[3])
            local out = {epoch, string.format('%d', count), new <= kept and '1' or '0'}
            if new > 0 and kept > 0 then
              for _, purge in ipairs(redis.call('LRANGE', KEYS[3], -math.min(new, kept), -1)) do out[#out + 1] = purge end
            end
            return out
            """),

    /**
     * Who asks the origin. KEYS: the count of purges, the fetch; ARGV: the caller's token, for how long (ms). 1: the caller; 0:
     * somebody else does; 2: somebody else just has.
     */
    LEAD("""
            local key = KEYS[2] .. (redis.call('GET', KEYS[1]) or '0')
            if redis.call('GET', key) == 'landed' then return 2 end
            if redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
            return 0
            """),

    /** The origin was asked. KEYS as for LEAD; ARGV: the token, 1 where an answer is stored, the channel, what to say there. */
    LAND("""
            local key = KEYS[2] .. (redis.call('GET', KEYS[1]) or '0')
            if redis.call('GET', key) == ARGV[1] then
              if ARGV[2] == '1' then redis.call('SET', key, 'landed', 'PX', 1000) else redis.call('DEL', key) end
            end
            return redis.call('PUBLISH', ARGV[3], ARGV[2] .. ARGV[4])
            """);

    static final String PREFIX = "fleet:1:";

    final String text;
    final String sha1;

    RedisScript(String lua) {
        text = lua;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(lua.getBytes(StandardCharsets.UTF_8));
            sha1 = HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-1", missing);
        }
    }
}
