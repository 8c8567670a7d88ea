import * as z from "zod";
import { MemberKeys } from "../control/project-keys.ts";
import { AuthMode } from "./auth.ts";

/** `config.json` of the demo page and the console: written by the site stack, so that one bundle serves every environment. */
export const SiteConfig = z.strictObject({
  environment: z.string(),
  title: z.string(),
  /** Base address of the API, without `/v1`. */
  apiUrl: z.string(),
  auth: AuthMode,
  models: z
    .array(
      z.strictObject({
        id: z.string(),
        displayName: z.string(),
        /** Weights of the catalogue; the page shows when others are in use. */
        weights: z.string(),
        contextTokens: z.int().min(1),
        /** Dollars for a million tokens. Absent where there is none, where it changes with time, and where charges differ by caller. */
        price: z
          .strictObject({ inputUsdPerMillion: z.number().min(0), outputUsdPerMillion: z.number().min(0) })
          .optional(),
      }),
    )
    .min(1),
  defaults: z.strictObject({
    temperature: z.number().min(0).max(2),
    topP: z.number().gt(0).max(1),
    maxTokens: z.int().min(1),
  }),
  samplePrompts: z.array(z.string().min(1)).max(6),
  /** What applies to callers without a key; absent where a key is required. */
  visitors: z.strictObject({ requestsPerMinute: z.int().min(1) }).optional(),
  /** The console beside the page; absent where the environment has none. */
  console: z
    .strictObject({
      /** Whether people sign in at an OpenID provider, through the page's own `/session`; else with an admin key. */
      people: z.boolean(),
      /** How people may make keys for themselves; absent where they may not. */
      memberKeys: MemberKeys.optional(),
    })
    .optional(),
});
export type SiteConfig = z.infer<typeof SiteConfig>;
