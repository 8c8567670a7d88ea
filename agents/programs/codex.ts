import { join } from "node:path";
import { TEXTS } from "../upstream/models.ts";
import { fileProblems } from "./claude-code.ts";
import { javascriptPackages } from "./installations.ts";
import { type AgentProgram, endProblems } from "./program.ts";

const CONFIG = `model = "{model}"
model_provider = "sluice"
check_for_update_on_startup = false

[model_providers.sluice]
name = "Sluice"
base_url = "{url}/v1"
env_key = "SLUICE_API_KEY"
wire_api = "responses"

[analytics]
enabled = false

[features]
plugins = false
`;

/** Codex CLI's `exec`: a tool loop that reads and changes a file, and a second turn in the same session. */
export const CODEX: AgentProgram = {
  id: "codex",
  title: "Codex CLI",
  packages: ["@openai/codex"],
  settings: {
    file: { path: ".codex/config.toml", text: CONFIG },
    variables: { SLUICE_API_KEY: "{key}" },
  },
  models: ["gpt-6.2-sol", "codex-anthropic", "codex-openai"],
  maxRequests: 8,
  prepare: javascriptPackages,
  async run(context) {
    const codex = join(context.installed, "node_modules/@openai/codex/bin/codex.js");
    const options = ["--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"];
    const command = [process.execPath, codex, "exec"];
    const first = await context.execute([
      ...command,
      ...options,
      "Change the greeting in greeting.txt to Good morning.",
    ]);
    const second = await context.execute([...command, "resume", "--last", ...options, "Thank you."]);
    return [...endProblems(first, TEXTS.edited), ...fileProblems(context), ...endProblems(second, TEXTS.thanked)];
  },
};
