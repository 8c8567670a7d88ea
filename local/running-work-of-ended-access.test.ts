import { describe, expect, test } from "vitest";
import { chat, post } from "../gateway/test/test-gateway.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { ADA, CLIENT, tokenGateway } from "./test/token-gateway.ts";

const CHAT = "/v1/chat/completions";
/** Of an engine that would send for 50 s. */
const ENDLESS = { tokens: 5000, intervalMs: 10 };
/** Of one that has sent all within a second. */
const SHORT = { tokens: 40, intervalMs: 10 };

/** A person in a group whose role in the project is the only one there, with a key and an access token, and a gateway on the same tables. */
async function started(endStreamsOnRevoke: boolean, engine: object) {
  const timeouts = { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 };
  const all = await tokenGateway({}, { config: { endStreamsOnRevoke, timeouts }, engines: [engine] });
  const { organization, project, exchange, issuer, gateway, token } = all;
  await organization.invites.create({ email: ADA, role: "reader" });
  const idToken = () => issuer.token({ sub: "1", aud: CLIENT, email: ADA, email_verified: true });
  await exchange(idToken());
  const userId = (await organization.users.list()).data.find(({ email }) => email === ADA)?.id ?? "";
  const group = await organization.groups.create({ name: "research" });
  await organization.groups.users.create(group.id, { user_id: userId });
  await organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
  const key = String((await exchange(idToken())).body.access_token);
  const open = async (credential: string) => {
    const authorization = `Bearer ${credential}`;
    const response = await post(gateway.url, CHAT, chat({ stream: true }), { authorization });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader.read()).value ?? "";
    return {
      first,
      rest: async () => {
        let text = "";
        for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
        return text;
      },
    };
  };
  return { ...all, userId, group, credentials: { key, token: token() }, open };
}

type Started = Awaited<ReturnType<typeof started>>;

const ENDINGS: Readonly<Record<string, (started: Started) => Promise<unknown>>> = {
  "the group loses its only role in the project": ({ organization, group, project: { id } }) =>
    organization.projects.groups.roles.delete("role-project-member", { project_id: id, group_id: group.id }),
  "the person leaves the group": ({ organization, userId, group }) =>
    organization.groups.users.delete(userId, { group_id: group.id }),
  "the user is removed": ({ organization, userId }) => organization.users.delete(userId),
  "the project is archived": ({ organization, project }) => organization.projects.archive(project.id),
};

describe.each(["key", "token"] as const)("a stream of a person's %s", (credential) => {
  // documented: role-removed-during-stream
  test.each(Object.entries(ENDINGS))("ends with the error of a wrong key, where set, once %s", async (_, end) => {
    const all = await started(true, ENDLESS);
    const { open, credentials, gateway, send } = all;
    const stream = await open(credentials[credential]);
    expect(stream.first).toContain("data: {");
    await end(all);
    const rest = await stream.rest();
    expect(rest.slice(-600)).toContain('"code":"invalid_api_key"');
    expect(rest).not.toContain("[DONE]");
    await eventually(() => expect(gateway.engines[0]?.received.at(-1)?.aborted).toBe(true));
    expect([401, 403]).toContain((await send(credentials[credential])).status);
  });

  test("runs to its end without it, and is the last one, once the group loses its only role in the project", async () => {
    const all = await started(false, SHORT);
    const { open, credentials, send } = all;
    const stream = await open(credentials[credential]);
    await ENDINGS["the group loses its only role in the project"]?.(all);
    expect(stream.first + (await stream.rest())).toContain("[DONE]");
    await eventually(async () => expect([401, 403]).toContain((await send(credentials[credential])).status));
  });
});
