import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AGENTS, agentSettings } from "./agent-settings.ts";

const CLIENTS = readFileSync(new URL("../../../docs/clients.md", import.meta.url), "utf8");

test.each(AGENTS)("the page's settings of %s are those of docs/clients.md", (agent) => {
  const settings = agentSettings(agent, "https://YOUR-API", "YOUR-MODEL").replace(/^#.*\n/, "");
  expect(CLIENTS).toContain(settings);
});
