-- Keeps a revocation; of two for the same the one that ends later, which is the greater text.
-- KEYS: revocations
-- ARGV: key, value: since when and until when, in 8 bytes each
local before = redis.call('HGET', KEYS[1], ARGV[1])
if not before or string.sub(ARGV[2], 9) >= string.sub(before, 9) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return {}
