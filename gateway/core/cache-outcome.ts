/** What the cache did for a request. */
export type CacheOutcome =
  | { readonly result: "hit"; readonly level: "memory" | "shared" | "semantic"; readonly savedTokens: number }
  | { readonly result: "miss" | "bypass" };
