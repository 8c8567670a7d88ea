import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { signInForApi } from "./test/oidc-sign-in.ts";
import { peopleStack } from "./test/people-stack.ts";

const API = "https://api.example.com";
const ADA = "ada@example.com";

// documented: access-token-in-the-stack
test("in the stack an access token of the local issuer works in place of a key, at authorizer and gateway, until its user is removed", async () => {
  const { apiUrl, issuerUrl, organization, project, generate } = await peopleStack(ADA, {
    people: { accessTokens: { audience: API } },
  });
  const oidc = { issuer: issuerUrl ?? "", clientId: "sluice", redirectUri: "http://127.0.0.1:1/callback" };
  const { idToken, accessToken } = await signInForApi(oidc, ADA, API);
  await expect(generate(accessToken)).rejects.toMatchObject({ status: 401 });
  const form = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: idToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  };
  const exchanged = await fetch(`${apiUrl}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
  expect(await exchanged.json()).toMatchObject({ project_id: project.id });
  // The authorizer has refused no token that is valid; the gateway remembers for 5 s that its user was none.
  await eventually(() => generate(accessToken));
  await expect(generate(idToken)).rejects.toMatchObject({ status: 401 });
  const { data } = await organization.users.list();
  await organization.users.delete(data.find(({ email }) => email === ADA)?.id ?? "");
  await eventually(() => expect(generate(accessToken)).rejects.toMatchObject({ status: 401 }));
});
