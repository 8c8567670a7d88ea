import { join } from "node:path";
import { GREETING } from "../upstream/models.ts";
import { fileProblems } from "./claude-code.ts";
import { pythonPackages } from "./installations.ts";
import { type AgentProgram, endProblems } from "./program.ts";

/** aider, which changes files by what the model writes, without tools. */
export const AIDER: AgentProgram = {
  id: "aider",
  title: "aider",
  packages: ["aider-chat"],
  requirements: "aider",
  settings: {
    variables: {
      OPENAI_API_BASE: "{url}/v1",
      OPENAI_API_KEY: "{key}",
      AIDER_MODEL: "openai/{model}",
      AIDER_CHECK_UPDATE: "false",
      AIDER_ANALYTICS_DISABLE: "true",
    },
  },
  models: ["aider-openai"],
  maxRequests: 2,
  outsideHosts: ["raw.githubusercontent.com"], // prices of models
  prepare: () => pythonPackages("aider"),
  async run(context) {
    const options = ["--no-git", "--yes-always", "--no-pretty", "--no-show-model-warnings", "--no-show-release-notes"];
    const message = "Change the greeting to Good morning.";
    const command = [join(context.installed, "venv/bin/aider"), ...options, "--message", message, GREETING.file];
    return [...endProblems(await context.execute(command), "Applied edit"), ...fileProblems(context)];
  },
};
