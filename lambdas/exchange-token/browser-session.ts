import type { RecordOf } from "../../contracts/control/records.ts";
import type { BeginSession } from "../../contracts/sign-in/session.ts";
import { endAdminKeys } from "../../domain/people/person-admin-key.ts";
import { revokePersonKeys } from "../../domain/people/person-key.ts";
import { type Change, removeRecord, requireUnchanged } from "../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import type { SubjectClaims } from "../../domain/workloads/choose-policy.ts";
import { MAX_CHANGE_ATTEMPTS, pauseAfter } from "../change-attempts.ts";
import { GrantRefused, type IssuerClient } from "./issuer-client.ts";
import { OAuthError } from "./oauth-error.ts";
import { type IssuedKeys, issueSessionKeys } from "./session-keys.ts";
import {
  newSessionSecret,
  openTokens,
  SESSION_SECONDS,
  type SessionSecret,
  type SessionTokens,
  sealTokens,
} from "./session-tokens.ts";
import { asSignedIn, type PeopleTools } from "./signed-in-person.ts";

export interface BrowserSessionTools {
  readonly people: PeopleTools;
  readonly client: Pick<IssuerClient, "codeTokens" | "refreshed" | "revoke">;
  /** Checks an ID token. @throws {OAuthError} */
  readonly verify: (idToken: string) => Promise<SubjectClaims>;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** The person has to sign in: there is no session, or it has ended. */
export class SessionEnded extends Error {
  /** Why, for the log. */
  readonly rule: string;

  constructor(rule: string) {
    super("The session has ended. Sign in again.");
    this.name = "SessionEnded";
    this.rule = rule;
  }
}

/** So long after the issuer gave tokens they are used again: for pages that are loaded at once, or whose response was lost. */
const REUSE_MS = 60_000;
/** Keys are made of an ID token that is valid for so long; otherwise of a new one. */
const MIN_TOKEN_MS = 120_000;
/** The longest that renewing takes, with the limits of time of the issuer's responses. Then another request may try. */
const BUSY_MS = 10_000;
const POLL_MS = 150;
/** How long a request waits for another one that renews. */
const PATIENCE_MS = 11_000;

/**
 * Signs a person in with an authorization code.
 * @throws {OAuthError} @throws {GrantRefused} @throws {IssuerUnavailable}
 */
export async function beginSession(
  { code, code_verifier: codeVerifier, redirect_uri: redirectUri, nonce, project_id: projectId }: BeginSession,
  tools: BrowserSessionTools,
): Promise<IssuedKeys & { readonly cookie: SessionSecret }> {
  const { client, people, verify, wallClock } = tools;
  const tokens = await client.codeTokens({ code, codeVerifier, redirectUri, nonce });
  const claims = await verify(tokens.idToken);
  const cookie = newSessionSecret();
  const at = wallClock();
  const expiresAt = unixSeconds(at) + SESSION_SECONDS;
  const sealed = sealTokens(cookie, { ...tokens, at });
  const issued = await asSignedIn(claims, people, wallClock, (attempt) => {
    const userId = attempt.signedIn.user.id;
    const record = { kind: "browserSession", version: 1, id: cookie.id, userId, sealed, expiresAt } as const;
    const keys = { claims, sessionId: cookie.id, projectId, expiresAt };
    return issueSessionKeys(keys, attempt, [{ action: "create", record }], people);
  });
  return { ...issued, cookie };
}

/**
 * Gives a session new keys.
 * @throws {SessionEnded} @throws {OAuthError} @throws {IssuerUnavailable}
 */
export async function refreshSession(
  cookie: SessionSecret,
  projectId: string | undefined,
  tools: BrowserSessionTools,
): Promise<IssuedKeys> {
  const { people, verify, wallClock } = tools;
  const { idToken } = await freshTokens(cookie, tools);
  const claims = await verify(idToken);
  try {
    return await asSignedIn(claims, people, wallClock, async (attempt) => {
      const record = await storedSession(cookie, tools);
      if (attempt.signedIn.user.id !== record.userId) throw new SessionEnded("another-user");
      const keys = { claims, sessionId: record.id, projectId, expiresAt: record.expiresAt };
      return issueSessionKeys(keys, attempt, [requireUnchanged(record)], people);
    });
  } catch (error) {
    // The person may no longer sign in; a new sign-in says why.
    if (error instanceof SessionEnded || (error instanceof OAuthError && error.status === 400))
      await endSession(cookie, tools);
    throw error;
  }
}

/** Ends a session, the keys that it was given, and its tokens at the issuer. Nothing is wrong where there is none. */
export async function endSession(cookie: SessionSecret, tools: BrowserSessionTools): Promise<void> {
  const { people, client, wallClock, log } = tools;
  const { store } = people;
  for (let attempt = 1; attempt <= MAX_CHANGE_ATTEMPTS; attempt++) {
    const record = await store.get({ kind: "browserSession", ids: [cookie.id] });
    const tokens = record && openTokens(cookie, record);
    if (record === undefined || tokens === undefined) return;
    const { id: sessionId, userId } = record;
    const nowMs = wallClock();
    const [adminKeys, keys] = await Promise.all([
      store.get({ kind: "personAdminKeys", ids: [userId] }),
      store.get({ kind: "personKeys", ids: [userId] }),
    ]);
    const changes: readonly Change[] = [
      removeRecord(record),
      endAdminKeys(userId, adminKeys, nowMs, sessionId),
      ...revokePersonKeys(userId, keys, nowMs, { sessionId }),
    ];
    if ((await store.write(changes, undefined)) !== "stored") {
      await pauseAfter(attempt);
      continue;
    }
    if (tokens.refreshToken === undefined) return;
    try {
      await client.revoke(tokens.refreshToken);
    } catch (error) {
      // It is not stored any more, so nobody can use it.
      log({ level: "warn", msg: "a refresh token was not revoked at the issuer", reason: String(error) });
    }
    return;
  }
  throw new OAuthError("temporarily_unavailable", "Other changes of the organisation came first. Try again.", {
    status: 503,
    rule: "people: lost-race",
    retryAfterSeconds: 1,
  });
}

/**
 * The issuer's tokens of a session, new ones where they are old. Of requests at the same time one has them renewed, as
 * issuers end a session whose refresh token is used twice; the others wait for it.
 */
async function freshTokens(cookie: SessionSecret, tools: BrowserSessionTools): Promise<SessionTokens> {
  const { people, wallClock, wait } = tools;
  const until = wallClock() + PATIENCE_MS;
  for (let waited = 0; waited <= PATIENCE_MS && wallClock() <= until; ) {
    const record = await storedSession(cookie, tools);
    const nowMs = wallClock();
    const tokens = openTokens(cookie, record);
    if (tokens === undefined) throw new SessionEnded("sealed");
    if (isFresh(tokens, nowMs)) return tokens;
    const { refreshToken } = tokens;
    if (refreshToken === undefined) throw new SessionEnded("no-refresh-token");
    if ((record.busyUntil ?? 0) > nowMs) {
      await wait(POLL_MS);
      waited += POLL_MS;
      continue;
    }
    const busy = { ...record, version: record.version + 1, busyUntil: nowMs + BUSY_MS };
    const marked = await people.store.write([{ action: "replace", record: busy, version: record.version }], undefined);
    if (marked === "stored") return await renewed(cookie, busy, refreshToken, tools);
  }
  throw new OAuthError("temporarily_unavailable", "Another request has the session renewed. Try again.", {
    status: 503,
    rule: "session: busy",
    retryAfterSeconds: 1,
  });
}

/** @param busy as it is stored */
async function renewed(
  cookie: SessionSecret,
  busy: RecordOf<"browserSession">,
  refreshToken: string,
  tools: BrowserSessionTools,
): Promise<SessionTokens> {
  const { client, people, wallClock } = tools;
  const { busyUntil: _, ...idle } = busy;
  const next = { ...idle, version: busy.version + 1 };
  try {
    const tokens = { ...(await client.refreshed(refreshToken)), at: wallClock() };
    const record = { ...next, sealed: sealTokens(cookie, tokens) };
    const written = await people.store.write([{ action: "replace", record, version: busy.version }], undefined);
    // Signed out meanwhile, or it took too long.
    if (written !== "stored") throw new SessionEnded("changed-meanwhile");
    return tokens;
  } catch (error) {
    if (error instanceof SessionEnded) throw error;
    if (error instanceof GrantRefused) {
      await endSession(cookie, tools);
      throw new SessionEnded(`issuer: ${error.reason}`);
    }
    await people.store.write([{ action: "replace", record: next, version: busy.version }], undefined);
    throw error;
  }
}

function isFresh({ at, idToken, refreshToken }: SessionTokens, nowMs: number): boolean {
  const left = expiryOf(idToken) * 1000 - nowMs;
  if (refreshToken === undefined) return left > 0;
  return nowMs - at < REUSE_MS && left > MIN_TOKEN_MS;
}

/** Of a token that was checked before, in seconds since 1970. */
function expiryOf(idToken: string): number {
  const claims: unknown = JSON.parse(Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString("utf8"));
  return typeof claims === "object" && claims !== null && "exp" in claims ? Number(claims.exp) : 0;
}

/** @throws {SessionEnded} where there is none, or it has expired */
async function storedSession(
  { id }: SessionSecret,
  { people, wallClock }: BrowserSessionTools,
): Promise<RecordOf<"browserSession">> {
  const record = await people.store.get({ kind: "browserSession", ids: [id] });
  if (record === undefined || record.expiresAt * 1000 <= wallClock()) throw new SessionEnded("no-session");
  return record;
}
