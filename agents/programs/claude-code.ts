import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GREETING, TEXTS } from "../upstream/models.ts";
import { javascriptPackages } from "./installations.ts";
import { type AgentProgram, endProblems, type RunContext } from "./program.ts";

/** Claude Code in print mode: a tool loop that reads, changes and shows a file, and a second turn in the same session. */
export const CLAUDE_CODE: AgentProgram = {
  id: "claude-code",
  title: "Claude Code",
  packages: ["@anthropic-ai/claude-code"],
  settings: {
    variables: {
      ANTHROPIC_BASE_URL: "{url}",
      ANTHROPIC_AUTH_TOKEN: "{key}",
      ANTHROPIC_MODEL: "{model}",
      ANTHROPIC_DEFAULT_HAIKU_MODEL: "{model}",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    },
  },
  note: "Without the two names of models it calls `claude-opus-5-5` and others by Anthropic's names: routes may have these names. The last variable turns telemetry and updates off.",
  models: ["claude-opus-5-5", "claude-code-anthropic", "claude-code-openai"],
  maxRequests: 8,
  failures: 1,
  prepare: javascriptPackages,
  async run(context) {
    const first = await context.execute(command(context, "Change the greeting in greeting.txt to Good morning."));
    const second = await context.execute(command(context, "Thank you.", "--continue"));
    return [...endProblems(first, TEXTS.edited), ...fileProblems(context), ...endProblems(second, TEXTS.thanked)];
  },
};

function command({ installed }: RunContext, prompt: string, ...options: readonly string[]): readonly string[] {
  const wrapper = join(installed, "node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs");
  const allowed = ["--permission-mode", "acceptEdits", "--allowedTools", "Read,Edit,Bash(cat:*)"];
  return [
    process.execPath,
    wrapper,
    "-p",
    prompt,
    "--output-format",
    "stream-json",
    "--verbose",
    ...allowed,
    ...options,
  ];
}

/** What is wrong with the file that a coding agent was to change. */
export function fileProblems({ workspace }: RunContext): readonly string[] {
  const text = readFileSync(join(workspace, GREETING.file), "utf8");
  return text === GREETING.after ? [] : [`${GREETING.file} holds "${text}", not "${GREETING.after}"`];
}
