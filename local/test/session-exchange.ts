import { expect, onTestFinished } from "vitest";
import { Session } from "../../contracts/sign-in/session.ts";
import { startLocalIssuer } from "../issuer/local-issuer.ts";
import { signInCode } from "./oidc-sign-in.ts";
import { personExchange } from "./person-exchange.ts";

/** Address of the person who signs in. */
export const ADA = "ada@example.com";
const CLIENT = "sluice";

/** A real OpenID provider, whose refresh tokens rotate and are good for one use, and an organisation with an invited person. */
export async function sessionExchange() {
  const redirectUri = "http://127.0.0.1:1/login";
  const issuer = await startLocalIssuer(CLIENT, { redirectUris: [redirectUri] });
  onTestFinished(() => issuer.close());
  const exchange = await personExchange({ issuer: issuer.url, clientId: CLIENT }, [], Date.now());
  const { session, organization, project } = exchange;
  const oidc = { issuer: issuer.url, clientId: CLIENT, redirectUri };
  const invite = (projectIds: readonly string[] = [project.id]) =>
    organization.invites.create({
      email: ADA,
      role: "reader",
      projects: projectIds.map((id) => ({ id, role: "member" as const })),
    });
  const code = () => signInCode(oidc, ADA);
  /** Signs in. @returns the response, and the header with the cookie as the browser sends it */
  const signIn = async (own: object = {}) => {
    const response = await session("POST", "/session", { ...(await code()), ...own });
    expect(response).toMatchObject({ status: 200 });
    return { ...Session.parse(response.body), header: { cookie: response.cookie.split(";")[0] ?? "" }, response };
  };
  const refresh = (header: Readonly<Record<string, string>>, body: object = {}) =>
    session("POST", "/session/refresh", body, header);
  /** Whether a key of the control API works. */
  const administers = async (key: string) =>
    (await fetch(`${exchange.url}/organization/projects`, { headers: { authorization: `Bearer ${key}` } })).status ===
    200;
  const later = (seconds: number) => {
    exchange.clock.ms += seconds * 1000;
  };
  return { issuer, invite, code, signIn, refresh, administers, later, ...exchange };
}
