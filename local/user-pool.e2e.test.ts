import { expect, test } from "vitest";
import { SignInDocument } from "../contracts/processes/people.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { signInForApi } from "./test/oidc-sign-in.ts";
import { peopleStack } from "./test/people-stack.ts";

const ADA = "ada@example.com";

// documented: user-pool-in-the-stack
test("in a stack with a user pool the local issuer stands in for it: people sign in by its client, and its access tokens, which have neither aud nor address, work in place of keys", async () => {
  const { apiUrl, issuerUrl, project, generate } = await peopleStack(ADA, {
    people: { issuer: "cognito", accessTokens: { audience: "sluice", form: "cognito" } },
    userPool: { domainPrefix: "acme-sluice", mfa: "optional", tokenMinutes: 60, refreshDays: 30, callbackUrls: [] },
  });
  const document = SignInDocument.parse(await (await fetch(`${apiUrl}/oauth/sign-in`)).json());
  expect(document).toMatchObject({ issuer: issuerUrl });
  const oidc = { issuer: issuerUrl ?? "", clientId: document.client_id, redirectUri: "http://127.0.0.1:1/callback" };
  const { idToken, accessToken } = await signInForApi(oidc, ADA, undefined);
  const claims = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  expect(claims(accessToken)).toMatchObject({ token_use: "access", client_id: document.client_id });
  expect(Object.keys(claims(accessToken))).not.toEqual(expect.arrayContaining(["aud"]));
  expect(Object.keys(claims(accessToken))).not.toEqual(expect.arrayContaining(["email"]));
  expect(claims(idToken)).toMatchObject({ token_use: "id", email: ADA, sub: claims(accessToken).sub });
  // Nobody has signed in with this id yet.
  await expect(generate(accessToken)).rejects.toMatchObject({ status: 401 });
  const form = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: idToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  };
  const exchanged = await fetch(`${apiUrl}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
  expect(await exchanged.json()).toMatchObject({ project_id: project.id });
  await eventually(() => generate(accessToken));
  await expect(generate(idToken)).rejects.toMatchObject({ status: 401 });
});
