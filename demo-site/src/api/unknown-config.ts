import type { SiteConfig } from "./config.ts";

/** Stands for the API's address in code that is shown before it is known. */
export const UNKNOWN_ADDRESS = "https://api.example.com";

/**
 * What the page shows until `/config.json` is there, and what the build draws: the defaults of an environment, so that little
 * moves when it comes.
 */
export const UNKNOWN_CONFIG: SiteConfig = {
  environment: "",
  title: "Sluice",
  apiUrl: UNKNOWN_ADDRESS,
  auth: "optional",
  models: [{ id: "MODEL", displayName: "…", weights: "", contextTokens: 1 }],
  defaults: { temperature: 0.2, topP: 0.9, maxTokens: 200 },
  samplePrompts: ["List three fruits", "Explain what a load balancer does"],
};
