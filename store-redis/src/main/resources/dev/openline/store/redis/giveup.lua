-- Lets a log go on under another epoch, unless it has one already.
-- KEYS: meta
-- ARGV: 1 the new epoch, 2 notification channel, 3 the epoch that is given up
if redis.call('HGET', KEYS[1], 'e') == ARGV[3] then
  redis.call('HSET', KEYS[1], 'e', ARGV[1])
  redis.call('SPUBLISH', ARGV[2], 'c')
end
return {}
