-- Reads a part of a log that keeps the newest of each key.
-- KEYS: meta, order of keys, the newest of each key
-- ARGV: as for logs without keys
local meta, ttl = KEYS[1], tonumber(ARGV[4])
local all = known(meta, ARGV[1], ttl, ARGV[2])
local epoch, top = all[1], tonumber(all[2])
if top == 0 then ttl = math.min(ttl, tonumber(ARGV[5])) end
touch(meta, all, ttl)
local dropped = tonumber(all[5] or '0')
local old = now - tonumber(ARGV[3])
while true do
  local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if not oldest[1] then break end
  local value = redis.call('HGET', KEYS[3], oldest[1])
  if value then
    local at = string.find(value, '|', 1, true)
    if tonumber(string.sub(value, at + 1, string.find(value, '|', at + 1, true) - 1)) > old then break end
  end
  redis.call('ZREM', KEYS[2], oldest[1])
  redis.call('HDEL', KEYS[3], oldest[1])
  dropped = tonumber(oldest[2])
  redis.call('HSET', meta, 'd', oldest[2])
end
-- All of it has gone by itself.
if top > 0 and redis.call('EXISTS', KEYS[2]) == 0 and dropped < top then
  dropped = top
  redis.call('HSET', meta, 'd', string.format('%.0f', top))
end
local keys
local count = tonumber(ARGV[8])
if count == 0 then keys = {}
elseif ARGV[6] == 'forward' then
  keys = redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[7] == '' and '-inf' or '(' .. ARGV[7], '+inf', 'LIMIT', 0, count)
else
  keys = redis.call('ZREVRANGEBYSCORE', KEYS[2], ARGV[7] == '' and '+inf' or '(' .. ARGV[7], '-inf', 'LIMIT', 0, count)
end
local found = {}
for i, key in ipairs(keys) do found[i] = redis.call('HGET', KEYS[3], key) end
return {epoch, string.format('%.0f', dropped + 1), string.format('%.0f', top), '0', found}
