import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../lib/parse-json.ts";
import { TEXTS } from "../upstream/models.ts";
import { javascriptPackages, pythonPackages, ROOM } from "./installations.ts";
import { type AgentProgram, type Ended, endProblems, type RunContext } from "./program.ts";

const VARIABLES = { SLUICE_URL: "{url}", SLUICE_API_KEY: "{key}" };
const VECTORS = [1, 2, 3].map((first) => [first, 0.5, -0.25, 1]);

/** What a runner prints of one part. */
const Part = z.object({ part: z.string(), result: z.unknown().optional(), error: z.string().optional() });

/** What the parts of a runner return, by the last word of their names. */
const RESULTS: Readonly<Record<string, z.ZodType>> = {
  turns: z.object({ texts: z.tuple([z.literal(TEXTS.weather), z.literal(TEXTS.thanked)]) }),
  // In the second turn LlamaIndex sends no calls and results of the first: the script's second turn comes again.
  "turns-without-calls": z.object({ texts: z.tuple([z.literal(TEXTS.weather), z.literal(TEXTS.weather)]) }),
  stream: z.object({ text: z.string().regex(/(It is 5 degrees in Paris and 4 in Rome|Hello to you)\.$/) }),
  object: z.object({ city: z.literal("Paris"), celsius: z.literal(5) }),
  embedMany: z.array(z.array(z.number())).refine((vectors) => JSON.stringify(vectors) === JSON.stringify(VECTORS)),
};

/** What is wrong with the parts that a runner printed. */
export function partProblems(ended: Ended, parts: number): readonly string[] {
  const printed = ended.output.split("\n").flatMap((line) => Part.safeParse(parseJson(line)).data ?? []);
  const wrong = printed.flatMap(({ part, result, error }) => {
    if (error !== undefined) return [`${part}: ${error}`];
    const expected = RESULTS[part.split(" ").at(-1) ?? ""];
    return expected?.safeParse(result).success === true ? [] : [`${part}: ${JSON.stringify(result)}`];
  });
  const missing = printed.length === parts ? [] : [`printed ${printed.length} of ${parts} parts`];
  return [...endProblems(ended), ...missing, ...wrong];
}

interface Library extends Pick<AgentProgram, "id" | "title" | "packages" | "maxRequests"> {
  readonly runner: string;
  /** Parts that the runner prints. */
  readonly parts: number;
  readonly note?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

const library = (
  { runner, parts, variables, ...fields }: Library,
  run: Omit<AgentProgram, keyof Library | "settings" | "models">,
): AgentProgram => ({
  ...fields,
  settings: { variables: { ...VARIABLES, ...variables }, runner },
  models: ["weather-openai"],
  ...run,
});

/** A library of JavaScript. Its runner is copied to the packages, where it finds them. */
function javascriptLibrary(fields: Library): AgentProgram {
  return library(fields, {
    prepare: javascriptPackages,
    async run({ installed, execute }: RunContext) {
      for (const file of [fields.runner, "javascript/report.mjs"])
        cpSync(join(ROOM, file), join(installed, basename(file)));
      const script = join(installed, basename(fields.runner));
      return partProblems(await execute([process.execPath, script], { NODE_USE_ENV_PROXY: "1" }), fields.parts);
    },
  });
}

function pythonLibrary(fields: Library): AgentProgram {
  return library(fields, {
    requirements: fields.id,
    prepare: () => pythonPackages(fields.id),
    async run({ installed, execute }: RunContext) {
      const command = [join(installed, "venv/bin/python"), join(ROOM, fields.runner)];
      return partProblems(await execute(command, { PYTHONDONTWRITEBYTECODE: "1" }), fields.parts);
    },
  });
}

export const LIBRARIES: readonly AgentProgram[] = [
  javascriptLibrary({
    id: "ai-sdk",
    title: "AI SDK",
    packages: ["ai", "@ai-sdk/openai", "@ai-sdk/openai-compatible", "@ai-sdk/anthropic"],
    runner: "javascript/run-ai-sdk.mjs",
    parts: 26,
    maxRequests: 60,
  }),
  javascriptLibrary({
    id: "langchain-js",
    title: "LangChain for JavaScript",
    packages: ["langchain", "@langchain/openai", "@langchain/anthropic"],
    runner: "javascript/run-langchain.mjs",
    parts: 19,
    maxRequests: 40,
  }),
  pythonLibrary({
    id: "langchain",
    title: "LangChain for Python",
    packages: ["langchain", "langchain-openai", "langchain-anthropic"],
    runner: "python/run_langchain.py",
    parts: 19,
    maxRequests: 40,
  }),
  pythonLibrary({
    id: "llama-index",
    title: "LlamaIndex",
    packages: ["llama-index-core", "llama-index-llms-openai-like", "llama-index-embeddings-openai"],
    runner: "python/run_llama_index.py",
    parts: 7,
    maxRequests: 20,
  }),
  pythonLibrary({
    id: "openai-agents",
    title: "OpenAI Agents SDK",
    packages: ["openai-agents"],
    runner: "python/run_openai_agents.py",
    parts: 12,
    maxRequests: 30,
  }),
  pythonLibrary({
    id: "litellm",
    title: "LiteLLM as a client",
    packages: ["litellm"],
    runner: "python/run_litellm.py",
    parts: 13,
    maxRequests: 30,
    // It fetches a list of prices from the network otherwise.
    variables: { LITELLM_LOCAL_MODEL_COST_MAP: "True" },
  }),
];
