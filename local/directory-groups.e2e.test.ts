import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { SignInDocument } from "../contracts/processes/people.ts";
import { controlItem } from "../domain/tenancy/control-items.ts";
import { signInForApi } from "./test/oidc-sign-in.ts";
import { peopleStack } from "./test/people-stack.ts";

const GROUP = "group_1m3250v01ffjhh9kv9vs41k56";

// documented: directory-groups-in-the-stack
test("in the stack a person of the local issuer gets a key of the project of the group that the ID token names, and one of another group does not come in", async () => {
  const stack = await peopleStack("invited@example.com", {
    people: { groups: { map: { engineering: GROUP }, admit: "member" } },
  });
  const { apiUrl, issuerUrl, organization, project, generate, document } = stack;
  // The setting has the group's id from the beginning, so the group is stored with it.
  const group = { kind: "group", version: 1, id: GROUP, name: "engineering", createdAt: 1_790_000_000 } as const;
  await document.send(new PutCommand({ TableName: "sluice-dev-control", Item: controlItem("default", group) }));
  await organization.projects.groups.create(project.id, { group_id: GROUP, role: "member" });
  const { client_id: clientId } = SignInDocument.parse(await (await fetch(`${apiUrl}/oauth/sign-in`)).json());
  const oidc = { issuer: issuerUrl ?? "", clientId, redirectUri: "http://127.0.0.1:1/callback" };
  const exchange = async (person: string) => {
    const { idToken } = await signInForApi(oidc, person, undefined);
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: idToken,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    };
    const response = await fetch(`${apiUrl}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
    return (await response.json()) as { access_token: string; project_id: string; error?: string };
  };
  const { access_token: key, project_id: projectId } = await exchange("ada@example.com");
  expect(projectId).toBe(project.id);
  expect((await generate(key)).choices.length).toBe(1);
  expect((await organization.groups.users.list(GROUP)).data.map(({ email }) => email)).toEqual(["ada@example.com"]);
  expect(await exchange("grace@example.com")).toMatchObject({ error: "invalid_grant" });
});
