import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOM, versionOf } from "./programs/installations.ts";
import { type AgentProgram, filled } from "./programs/program.ts";
import { PROGRAMS } from "./programs/programs.ts";

/** What stands in the page for what each reader has: `https://api.example.com`, a key, a model. */
const PLACEHOLDERS = { url: "https://YOUR-API", key: "sk-sl-YOUR-KEY", model: "YOUR-MODEL" };

const HEAD = `# Clients

Settings to copy for programs and libraries that are used with Sluice. \`agents/\` runs each of them with these very settings, at the
version below, against the local stack: tool loops of several turns, streams, objects and embeddings where it has them, with models
behind providers of OpenAI's and of Anthropic's dialect. This page is written by \`node agents/write-clients-page.ts\`; a test compares
it with what runs.

- \`${PLACEHOLDERS.url}\` is the address of the API without \`/v1\`: what \`npm start\` prints, or the stage's address or domain on AWS.
- \`${PLACEHOLDERS.key}\` comes from \`npm run sluice -- keys create --name me\`.
- \`${PLACEHOLDERS.model}\` is a pool or a route (\`GET /v1/models\` lists them). For tools and thinking, look at [dialects.md](dialects.md).

The official SDKs need the address and the key alone: \`OPENAI_BASE_URL=${PLACEHOLDERS.url}/v1\` and \`OPENAI_API_KEY\`, or
\`ANTHROPIC_BASE_URL=${PLACEHOLDERS.url}\` and \`ANTHROPIC_API_KEY\`.
`;

/** The text of `docs/clients.md`. */
export function clientsPage(): string {
  return [HEAD, ...PROGRAMS.map(section)].join("\n");
}

function section(program: AgentProgram): string {
  const { title, packages, note, settings } = program;
  const versions = packages.map((name) => `\`${name}\` ${versionOf(name, program.requirements)}`).join(", ");
  const variables = Object.entries(settings.variables ?? {}).map(
    ([name, value]) => `export ${name}=${filled(value, PLACEHOLDERS)}`,
  );
  const blocks = [
    ...(note === undefined ? [] : [note]),
    ...(variables.length === 0 ? [] : [block("sh", variables.join("\n"))]),
    ...(settings.file === undefined
      ? []
      : [`\`~/${settings.file.path}\`:`, block("", filled(settings.file.text, PLACEHOLDERS).trimEnd())]),
    ...(settings.runner === undefined ? [] : [block(languageOf(settings.runner), settingsOf(settings.runner))]),
  ];
  return `## ${title}\n${versions}\n\n${blocks.join("\n\n")}\n`;
}

const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;

const languageOf = (runner: string) => (runner.endsWith(".py") ? "python" : "js");

/** The lines of a runner that make its clients. @throws when it does not mark them */
function settingsOf(runner: string): string {
  const text = readFileSync(join(ROOM, runner), "utf8");
  const [, settings] = /^(?:#|\/\/) settings\n([\s\S]*?)\n+(?:#|\/\/) end of settings$/m.exec(text) ?? [];
  if (settings === undefined)
    throw new Error(`${runner} marks no settings; write "settings" and "end of settings" as comments around them.`);
  return settings;
}
