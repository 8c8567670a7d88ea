import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { SignInDocument } from "../contracts/processes/people.ts";
import { CHROMIUM_REMEDY, findChromium } from "../test-support/chromium.ts";
import { signInByBrowser } from "./test/browser-sign-in.ts";
import { peopleStack } from "./test/people-stack.ts";

const insecure = { [oauth.allowInsecureRequests]: true };
const skipped = findChromium() === undefined ? ` (${CHROMIUM_REMEDY})` : "";

describe.skipIf(skipped !== "")(`people sign in at the local stack${skipped}`, () => {
  // documented: local-issuer-browser
  test("in a real browser at its issuer, and use a model with the exchanged key", async () => {
    const { apiUrl, issuerUrl, project, generate } = await peopleStack("ada@example.com");
    const where = SignInDocument.parse(await (await fetch(`${apiUrl}/oauth/sign-in`)).json());
    expect(where).toEqual({ issuer: issuerUrl, client_id: "sluice" });

    const issuer = new URL(where.issuer);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const client = { client_id: where.client_id };
    const parameters = { scope: "openid email offline_access" };
    const device = await oauth.processDeviceAuthorizationResponse(
      server,
      client,
      await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, insecure),
    );
    expect(await signInByBrowser(device.verification_uri_complete ?? "", "ada@example.com")).toEqual([
      "Confirm the code",
      "Sign in",
      "Signed in",
    ]);
    const tokens = await oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, oauth.None(), device.device_code, insecure),
    );
    expect(tokens.refresh_token).toBeDefined();
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: tokens.id_token ?? "",
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    };
    const response = await fetch(`${apiUrl}/oauth/token`, { method: "POST", body: new URLSearchParams(form) });
    const Issued = z.object({ access_token: z.string(), project_id: z.literal(project.id) });
    const { access_token: key } = Issued.parse(await response.json());
    const { choices } = await generate(key);
    expect(choices[0]?.message.content).toBeTruthy();
  }, 120_000);
});
