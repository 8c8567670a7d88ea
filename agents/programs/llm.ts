import { join } from "node:path";
import { TEXTS } from "../upstream/models.ts";
import { pythonPackages } from "./installations.ts";
import { type AgentProgram, endProblems } from "./program.ts";

const MODELS = `- model_id: {model}
  model_name: {model}
  api_base: {url}/v1
  api_key_name: sluice
  supports_tools: true
  supports_schema: true
`;

const WEATHER = `def weather(city: str) -> str:
    """The weather of a city"""
    return f"{city}: {len(city)}"
`;

/** The command line `llm`: a loop with a tool in Python, and a second turn in the same conversation. */
export const LLM: AgentProgram = {
  id: "llm",
  title: "llm",
  packages: ["llm"],
  requirements: "llm",
  settings: {
    file: { path: ".config/io.datasette.llm/extra-openai-models.yaml", text: MODELS },
  },
  note: "The key: `llm keys set sluice`.",
  models: ["weather-openai", "weather-anthropic"],
  maxRequests: 4,
  prepare: () => pythonPackages("llm"),
  async run({ installed, key, model, execute }) {
    const llm = join(installed, "venv/bin/llm");
    const stored = await execute([llm, "keys", "set", "sluice", "--value", key]);
    const prompt = "What is the weather in Paris and in Rome?";
    const first = await execute([llm, "-m", model, "--functions", WEATHER, prompt]);
    const second = await execute([llm, "-c", "Thank you."]);
    return [...endProblems(stored), ...endProblems(first, TEXTS.weather), ...endProblems(second, TEXTS.thanked)];
  },
};
