-- Drops what a log keeps.
-- KEYS: meta, log (with keys: the order of keys, the newest of each)
-- ARGV: 1 epoch if a new one is needed, 2 notification channel, 3 ttl of meta
local all = known(KEYS[1], ARGV[1], tonumber(ARGV[3]), ARGV[2])
redis.call('DEL', KEYS[2])
if KEYS[3] then
  redis.call('DEL', KEYS[3])
  redis.call('HSET', KEYS[1], 'd', all[2])
end
redis.call('SPUBLISH', ARGV[2], 'c')
return {}
