
-- Puts a publication at the end of a log, and says its offset. 'all' is what is known of the channel; 'newest' is there if the log has keys.
local function append(meta, log, newest, all, said, size, ttl, metattl, key, version, versions)
  local offset = tonumber(all[2]) + 1
  local text = string.format('%.0f', offset)
  if version ~= '' then redis.call('HSET', meta, 'o', text, 'v', version, 'w', versions)
  else redis.call('HSET', meta, 'o', text) end
  if newest then
    redis.call('ZADD', log, text, key)
    redis.call('HSET', newest, key, text .. '|' .. said)
    if redis.call('ZCARD', log) > size then
      local oldest = redis.call('ZPOPMIN', log)
      redis.call('HDEL', newest, oldest[1])
      redis.call('HSET', meta, 'd', oldest[2])
    end
  elseif redis.call('RPUSH', log, said) > size then
    redis.call('LPOP', log)
  end
  -- Ends are put off as seldom as can be.
  if offset == 1 or now - tonumber(all[4] or 0) > math.min(metattl, ttl) / 16 then
    redis.call('HSET', meta, 'x', string.format('%.0f', now))
    redis.call('PEXPIRE', meta, string.format('%.0f', metattl + metattl / 16))
    local ends = string.format('%.0f', ttl * 1.125)
    redis.call('PEXPIRE', log, ends)
    if newest then redis.call('PEXPIRE', newest, ends) end
  end
  return text
end
