-- KEYS: clients, when each ends, connections of each user
expire()
return redis.call('HVALS', KEYS[1])
