-- KEYS: clients, when each ends, connections of each user
expire()
return {redis.call('HLEN', KEYS[1]), redis.call('HLEN', KEYS[3])}
