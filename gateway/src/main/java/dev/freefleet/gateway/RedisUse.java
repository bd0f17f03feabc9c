package dev.freefleet.gateway;

/** What gateways share Redis for; each has a breaker and meters of its own. */
enum RedisUse {
    LIMITS,
    QUOTAS,
    CACHE,
    FLIGHTS,
    PURGES
}
