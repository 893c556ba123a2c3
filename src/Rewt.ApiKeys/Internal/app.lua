-- Writes an app if it has not changed since it was read. Returns 1 when written, 0 when not.
-- KEYS: apps.
-- ARGV: 1 the app's id, 2 it existed ("1"/"0"), 3 its value, 4 the new value, 5 the stamp's field, 6 a new stamp, 7 channel.
local value = redis.call('HGET', KEYS[1], ARGV[1])
if (value and '1' or '0') ~= ARGV[2] or (value or '') ~= ARGV[3] then return 0 end

redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
redis.call('HSET', KEYS[1], ARGV[5], ARGV[6])

-- Only a hint: a login without permission to publish must still be able to write.
redis.pcall('PUBLISH', ARGV[7], 'look')
return 1
