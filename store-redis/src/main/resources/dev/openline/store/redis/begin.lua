-- Stands before every script that looks at a log. 'life' was put before it: it says which life of the server this is.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- What is known of a channel: its epoch and offset first. A log that was written in another life of the server may have lost its newest: then it
-- goes on under another epoch, and everybody who follows it is told to look.
-- PEXPIRE is not refused when the memory is full, and after it nothing is: so whatever there is can be read then.
local function known(meta, candidate, ttl, channel)
  local all = redis.call('HMGET', meta, 'e', 'o', 'l', 'x', 'd', 'v', 'w', 'r', 'f')
  if not all[1] then
    all[1], all[2], all[4] = candidate, '0', '0'
    redis.call('HSET', meta, 'e', candidate, 'o', 0, 'l', life)
  elseif all[3] ~= life then
    all[1] = candidate
    redis.call('PEXPIRE', meta, string.format('%.0f', ttl + ttl / 16))
    redis.call('HSET', meta, 'e', candidate, 'l', life)
    redis.call('SPUBLISH', channel, 'c')
  end
  return all
end

-- Puts the end of a key off, not more often than needed: ends come up to a sixteenth late.
local function touch(meta, all, ttl)
  if now - tonumber(all[4] or 0) > ttl / 16 then
    redis.call('PEXPIRE', meta, string.format('%.0f', ttl + ttl / 16))
    redis.call('HSET', meta, 'x', string.format('%.0f', now))
  end
end
