-- KEYS: clients, when each ends, connections of each user
-- ARGV: client
strike(ARGV[1])
return {}
