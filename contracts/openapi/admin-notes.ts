/** Descriptions of the settings of providers and routes in the reference. */
export const ADMIN_NOTES = {
  ProviderSettings: {
    dialect: { description: "How it speaks." },
    endpoint: { description: "Everything before `/v1`." },
    region: { description: "AWS region whose Bedrock is called; `null` for the other dialects." },
    credential: { description: "Where its key comes from, never the key itself." },
    rateLimit: { description: "What it takes in a minute or hour, of each gateway; `null` for no limit." },
    timeouts: { description: "Seconds to connect, to the first byte, between bytes, and in all." },
    maxConnections: { description: "Connections of one gateway." },
    maxInFlight: { description: "Requests of one gateway at once." },
    priority: { description: "For the policy `priority`: the smaller, the earlier. Our own pools have 0." },
    emergencyOnly: { description: "Used only when no other target can take the request." },
    monthlyCapUsd: { description: "Dollars of a calendar month (UTC) after which it is not used; `null` for no cap." },
    healthCheck: { description: "A GET that answers 2xx when it is well; `null`: only requests tell." },
    allowPrivateHosts: {
      description: "Hosts that may have private addresses; must be declared in the environment file.",
    },
    models: { description: "By the provider's own name of the model." },
  },
  RouteSettings: {
    policy: { description: "Which target is first." },
    sticky: { description: "Whose requests go to the same target while it is there." },
    targets: { description: "Pools and providers' models, each with its weight." },
    fallbacks: { description: "Tried in this order when no target can take the request or all have failed." },
    failoverAfterSeconds: {
      description: "Silence of a target after which the next one is tried; `null`: its own limit.",
    },
    hedgeAfterMs: {
      description: "Milliseconds without an answer after which a second one is asked beside it; `null`: never.",
    },
  },
  RouteOverride: {
    force: { description: "Target that comes first, whatever the policy says; `null` for none." },
    drain: { description: "Targets that get no new requests." },
  },
  TokenPriceSettings: {
    inputUsdPerMillion: { description: "Dollars for a million tokens of prompts." },
    outputUsdPerMillion: { description: "Of completions." },
    cachedInputUsdPerMillion: { description: "Of a prompt's tokens that were read from a cache; as other input." },
    cacheWriteUsdPerMillion: { description: "Of a prompt's tokens that were written to a cache; as other input." },
    reasoningUsdPerMillion: { description: "Of reasoning; as other output." },
    priceChanges: {
      description: "Prices for spans of time (UTC) in their order; outside of all of them the price beside them holds.",
    },
  },
} as const;
