/** Settings of coding agents, as docs/clients.md has them, which are those that were tried. */
export const AGENTS = ["claude-code", "codex"] as const;
export type Agent = (typeof AGENTS)[number];

/** What the reader puts in place of the key. */
export const KEY_PLACEHOLDER = "sk-sl-YOUR-KEY";

/** @param apiUrl without `/v1` */
export function agentSettings(agent: Agent, apiUrl: string, model: string): string {
  return agent === "claude-code" ? claudeCode(apiUrl, model) : codex(apiUrl, model);
}

function claudeCode(apiUrl: string, model: string): string {
  return `export ANTHROPIC_BASE_URL=${apiUrl}
export ANTHROPIC_AUTH_TOKEN=${KEY_PLACEHOLDER}
export ANTHROPIC_MODEL=${model}
export ANTHROPIC_DEFAULT_HAIKU_MODEL=${model}
export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
`;
}

function codex(apiUrl: string, model: string): string {
  return `# ~/.codex/config.toml, with SLUICE_API_KEY=${KEY_PLACEHOLDER} in the environment
model = "${model}"
model_provider = "sluice"
check_for_update_on_startup = false

[model_providers.sluice]
name = "Sluice"
base_url = "${apiUrl}/v1"
env_key = "SLUICE_API_KEY"
wire_api = "responses"

[analytics]
enabled = false

[features]
plugins = false
`;
}
