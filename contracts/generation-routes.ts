/** Routes that engines and providers answer; each has a body of OpenAI's. */
export const GENERATION_ROUTES = ["/v1/completions", "/v1/chat/completions"] as const;
export type GenerationRoute = (typeof GENERATION_ROUTES)[number];
