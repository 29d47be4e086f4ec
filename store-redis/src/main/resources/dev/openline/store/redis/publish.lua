-- Appends to a log and tells its followers.
-- KEYS: meta, log (with keys: the order of keys, the newest of each), and the idempotency key if there is one
-- ARGV: 1 epoch if a new one is needed, 2 notification channel, 3 publication, 4 size, 5 ttl, 6 ttl of meta, 7 ttl of idempotency keys,
--       8 whether to be patched, 9 version, 10 its epoch, 11 rate, 12 whether the log has keys, 13 key
local keyed = ARGV[12] == '1'
local once = KEYS[keyed and 4 or 3]
if once then
  local before = redis.call('GET', once)
  if before then
    local at = string.find(before, '|', 1, true)
    return {'at', string.sub(before, 1, at - 1), string.sub(before, at + 1)}
  end
end
local meta, ttl = KEYS[1], tonumber(ARGV[6])
local all = known(meta, ARGV[1], ttl, ARGV[2])
local epoch, top = all[1], tonumber(all[2])

local function at(offset)
  local text = string.format('%.0f', offset)
  if once then redis.call('SET', once, epoch .. '|' .. text, 'PX', ARGV[7]) end
  return {'at', epoch, text}
end

if ARGV[9] ~= '' then
  local last = all[6]
  local covered = last and (#ARGV[9] < #last or #ARGV[9] == #last and ARGV[9] <= last)
  if covered and (ARGV[10] == '' or ARGV[10] == all[7]) then return at(top) end
end

local rate = tonumber(ARGV[11])
if rate > 0 then
  -- As many thousandths of a token each millisecond as there are tokens in a second.
  local full = rate * 1000
  local have = full
  if all[8] then have = math.min(full, tonumber(all[8]) + math.min(1000, math.max(0, now - tonumber(all[9]))) * rate) end
  if have < 1000 then return {'rate'} end
  redis.call('HSET', meta, 'r', string.format('%.0f', have - 1000), 'f', string.format('%.0f', now))
end

local offset = top + 1
local text = string.format('%.0f', offset)
local said = string.format('%.0f', now) .. '|' .. ARGV[3]
if ARGV[9] ~= '' then redis.call('HSET', meta, 'o', text, 'v', ARGV[9], 'w', ARGV[10])
else redis.call('HSET', meta, 'o', text) end
local renew = now - tonumber(all[4] or 0) > math.min(ttl, tonumber(ARGV[5])) / 16
if keyed then
  redis.call('ZADD', KEYS[2], text, ARGV[13])
  redis.call('HSET', KEYS[3], ARGV[13], text .. '|' .. said)
  if redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[4]) then
    local oldest = redis.call('ZPOPMIN', KEYS[2])
    redis.call('HDEL', KEYS[3], oldest[1])
    redis.call('HSET', meta, 'd', oldest[2])
  end
elseif redis.call('RPUSH', KEYS[2], said) > tonumber(ARGV[4]) then
  redis.call('LPOP', KEYS[2])
end
if renew or offset == 1 then
  redis.call('HSET', meta, 'x', string.format('%.0f', now))
  redis.call('PEXPIRE', meta, string.format('%.0f', ttl + ttl / 16))
  local ends = string.format('%.0f', tonumber(ARGV[5]) * 1.125)
  redis.call('PEXPIRE', KEYS[2], ends)
  if keyed then redis.call('PEXPIRE', KEYS[3], ends) end
end
redis.call('SPUBLISH', ARGV[2], 'p' .. ARGV[8] .. epoch .. '|' .. text .. '|' .. said)
return at(offset)
