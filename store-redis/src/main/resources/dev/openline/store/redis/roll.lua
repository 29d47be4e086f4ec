-- Stands before the scripts that look at who is there.
local function strike(client)
  local value = redis.call('HGET', KEYS[1], client)
  redis.call('ZREM', KEYS[2], client)
  if not value then return end
  redis.call('HDEL', KEYS[1], client)
  local at = string.find(value, ':', 1, true)
  local user = string.sub(value, at + 1, at + tonumber(string.sub(value, 1, at - 1)))
  if redis.call('HINCRBY', KEYS[3], user, -1) <= 0 then redis.call('HDEL', KEYS[3], user) end
end

-- Those whose server has not kept them on the list.
local function expire()
  local time = redis.call('TIME')
  local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
  while true do
    local over = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)
    if #over == 0 then return end
    for _, client in ipairs(over) do strike(client) end
  end
end
