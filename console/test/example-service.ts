import { SiteConfig } from "../../contracts/processes/site-config.ts";
import { serveConsole } from "./console-server.ts";
import { personSession } from "./person-session.ts";
import { someAccess } from "./scripted-access.ts";
import { streamChatTo } from "./scripted-chat.ts";
import { type ScriptedControl, scriptedKey, startScriptedControl } from "./scripted-control.ts";
import { scriptedChat } from "./scripted-history.ts";
import { scriptedAdminKey, scriptedEvent, scriptedInvite, scriptedUser } from "./scripted-organization.ts";
import { scriptedOwnKey } from "./scripted-own-keys.ts";
import { scriptedHold } from "./scripted-retention.ts";
import { scriptedBudget, scriptedUse } from "./scripted-usage.ts";

const DAY_MS = 86_400_000;
const DAYS = 30;
const PROJECTS = [
  { id: "proj_1", name: "search", role: "owner" },
  { id: "proj_2", name: "support", role: "member" },
];
/** Two thirds of a week's work is done on its first days. */
const LOADS = [9, 8, 7, 8, 6, 2, 1] as const;

const COMPLETION = `A load balancer spreads requests over several servers:

1. It **checks the health** of each server.
2. It sends each request to one that has room.
3. When a server fails, the others take its requests.

\`\`\`sh
curl https://api.example.com/health
\`\`\``;

/** A service with some weeks of work in it, for pictures and measurements. */
export async function startExampleService(): Promise<ScriptedControl> {
  const control = await startScriptedControl();
  // Whole lists: a notice would be the largest content of the page, and comes after all else.
  control.reach = { reach: "all-gateways", isComplete: true };
  control.gatewayModel = "phi-3-mini";
  control.accepted.add("sk-admin-ada").add("sk-sl-person");
  control.projects.push(...PROJECTS.map(({ id, name }) => ({ id, name })));
  control.keys.push(...["website", "indexer", "nightly-batches"].map((name) => scriptedKey(name)));
  control.ownKeys.push({ ...scriptedOwnKey("laptop"), id: scriptedUse("", {}).key }, scriptedOwnKey("notebook"));
  control.models.splice(0, Number.POSITIVE_INFINITY, "phi-3-mini", "llama-70b", "qwen-3");
  fillUsage(control);
  control.organization.users.push(
    scriptedUser("user-ada", "ada@example.com", "owner"),
    scriptedUser("user-bob", "bob@example.com"),
    scriptedUser("user-eve", "eve@example.com"),
  );
  control.organization.adminKeys.push(
    scriptedAdminKey("reports", ["projects.read", "usage.read"]),
    scriptedAdminKey("provisioning", null),
  );
  control.organization.invites.push(scriptedInvite("grace@example.com", "invite_1"));
  for (let number = 12; number > 0; number -= 1)
    control.organization.events.push(scriptedEvent(number, number % 4 === 0 ? "access.denied" : "project.created"));
  someAccess(control.access, "bob@example.com");
  control.retention.days = { responses: 7 };
  control.retention.holds.push(scriptedHold("user-eve"));
  for (const [index, prompt] of PROMPTS.entries())
    control.history.chats.push(
      scriptedChat(PROMPTS.length - index, {
        prompt,
        pieces: COMPLETION.match(/.{1,12}/gs) ?? [],
        model: MODELS[index % 2] ?? "",
      }),
    );
  control.chat = (_, response) =>
    streamChatTo(response, {
      pieces: COMPLETION.match(/.{1,6}/gs) ?? [],
      headers: { "x-sluice-target": "phi-3-mini", "x-sluice-cache": "miss" },
    });
  return control;
}

const MODELS = ["phi-3-mini", "llama-70b"] as const;
const PROMPTS = [
  "Explain what a load balancer does, in three steps.",
  "Write a polite answer to a customer whose parcel is late.",
  "Which of these log lines is the first sign of the outage?",
  "Translate the release notes into German.",
  "List the risks of the plan below, the largest first.",
  "Summarise the meeting in five sentences.",
] as const;

function fillUsage(control: ScriptedControl): void {
  for (let back = DAYS - 1; back >= 0; back -= 1) {
    const day = new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10);
    const load = LOADS[back % LOADS.length] ?? 1;
    for (const [index, model] of MODELS.entries())
      control.uses.push(
        scriptedUse(day, {
          model,
          project: PROJECTS[index]?.id ?? "proj_1",
          requests: load * 1_310,
          ...{
            failed: load * 7,
            durationMs: load * 1_303 * 2_140,
            streamed: load * 990,
            firstTokenMs: load * 990 * 310,
          },
          inputTokens: load * 1_900_000,
          outputTokens: load * 410_000,
          inputNano: load * (index + 1) * 190_000_000,
          outputNano: load * (index + 1) * 246_000_000,
        }),
      );
  }
  control.limits.push(
    scriptedBudget("project", "proj_1", 120, 87_400_000_000),
    scriptedBudget("project", "proj_2", 400, 121_250_000_000),
  );
}

/** What the pages know of the service. */
export function exampleConfig(apiUrl: string): SiteConfig {
  return SiteConfig.parse({
    environment: "prod",
    title: "Sluice of Example",
    apiUrl,
    auth: "optional",
    models: [
      {
        id: "phi-3-mini",
        displayName: "Phi-3 mini",
        weights: "microsoft/Phi-3-mini-4k-instruct",
        contextTokens: 4096,
        price: { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.6 },
      },
      {
        id: "llama-70b",
        displayName: "Llama 3.3 70B",
        weights: "meta-llama/Llama-3.3-70B-Instruct",
        contextTokens: 131_072,
        price: { inputUsdPerMillion: 0.2, outputUsdPerMillion: 1.2 },
      },
    ],
    defaults: { temperature: 0.2, topP: 0.9, maxTokens: 200 },
    samplePrompts: ["Explain what a load balancer does", "List three fruits"],
    visitors: { requestsPerMinute: 60 },
    console: { people: true, memberKeys: { perPerson: 5, maxDays: 90 } },
  });
}

/** The response of `/session` for an owner of the organisation. */
export function exampleSession() {
  return personSession(PROJECTS, "sk-admin-ada");
}

/** The built console before the example service at an address: for somebody who is signed in, and for somebody who is not. */
export async function serveExampleConsole(folder: string, apiUrl: string) {
  const config = exampleConfig(apiUrl);
  return {
    signedIn: await serveConsole(folder, config, () => ({ status: 200, body: exampleSession() })),
    signedOut: await serveConsole(folder, config, () => ({ status: 401, body: {} })),
  };
}
