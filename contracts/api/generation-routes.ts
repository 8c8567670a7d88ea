/** Routes of engines and providers; each has OpenAI's body, or vLLM's where OpenAI has none. */
export const GENERATION_ROUTES = [
  "/v1/completions",
  "/v1/chat/completions",
  "/v1/embeddings",
  "/v1/moderations",
  "/tokenize",
  "/detokenize",
] as const;
export type GenerationRoute = (typeof GENERATION_ROUTES)[number];
