-- Puts clients on the list of who is there, or keeps them on it.
-- KEYS: clients, when each ends, connections of each user
-- ARGV: 1 ttl, then for each client: id, length of the user's id, its description, which begins with the user's id
local time = redis.call('TIME')
local ends = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1]))
for i = 2, #ARGV, 3 do
  local value = ARGV[i + 1] .. ':' .. ARGV[i + 2]
  if redis.call('HSET', KEYS[1], ARGV[i], value) == 1 then
    redis.call('HINCRBY', KEYS[3], string.sub(ARGV[i + 2], 1, tonumber(ARGV[i + 1])), 1)
  end
  redis.call('ZADD', KEYS[2], ends, ARGV[i])
end
-- Whoever keeps others there for longer is not to lose them.
for i = 1, 3 do
  redis.call('PEXPIRE', KEYS[i], ARGV[1], 'NX')
  redis.call('PEXPIRE', KEYS[i], ARGV[1], 'GT')
end
return {}
