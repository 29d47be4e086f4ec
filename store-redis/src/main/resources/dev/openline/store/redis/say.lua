-- Tells the followers of a channel something that goes into no log, but not twice and not too often.
-- KEYS: meta, and the idempotency key if there is one
-- ARGV: 1 notification channel, 2 notification, 3 ttl of idempotency keys, 4 rate; of the pattern channel that gathers it, if there is one:
--       5 notification channel, 6 notification
if KEYS[2] and not redis.call('SET', KEYS[2], '', 'PX', ARGV[3], 'NX') then return {'said'} end
local rate = tonumber(ARGV[4])
if rate > 0 then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local full = rate * 1000
  local all = redis.call('HMGET', KEYS[1], 'r', 'f')
  local have = full
  if all[1] then have = math.min(full, tonumber(all[1]) + math.min(1000, math.max(0, now - tonumber(all[2]))) * rate) end
  if have < 1000 then
    if KEYS[2] then redis.call('DEL', KEYS[2]) end
    return {'rate'}
  end
  redis.call('HSET', KEYS[1], 'r', string.format('%.0f', have - 1000), 'f', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], 2000)
end
redis.call('SPUBLISH', ARGV[1], ARGV[2])
if ARGV[5] then redis.call('SPUBLISH', ARGV[5], ARGV[6]) end
return {'said'}
