import type { KeyScope } from "../../contracts/processes/auth.ts";
import type { WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import type { DecodedToken } from "../../domain/issuers/decode-token.ts";
import type { IssuerKeys } from "../../domain/issuers/issuer-keys.ts";
import { audienceOf } from "../../domain/people/person-claims.ts";
import {
  candidatesOf,
  choosePolicy,
  keySeconds,
  type SubjectClaims,
  scopesFor,
} from "../../domain/workloads/choose-policy.ts";
import { exchangeRecord, workloadKey } from "../../domain/workloads/workload-key.ts";
import { exchangePerson } from "./exchange-person.ts";
import type { ExchangeRequest } from "./exchange-request.ts";
import type { ExchangeStore } from "./exchange-store.ts";
import { OAuthError } from "./oauth-error.ts";
import type { PeopleTools } from "./signed-in-person.ts";
import { type Exchanged, tokenResponse } from "./token-response.ts";
import { readToken, untrusted, verified } from "./verify-id-token.ts";

export interface ExchangeTools {
  readonly workloads: readonly WorkloadPolicy[];
  /** @default - no person signs in */
  readonly people?: PeopleTools | undefined;
  readonly keys: IssuerKeys;
  readonly store: Pick<ExchangeStore, "issue" | "isArchived">;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

const REMEDY = "The operator finds what differs in the log, by the request id.";

/**
 * Exchanges the token of a workload or of a person for a key.
 * @throws {OAuthError} when it gets none
 */
export async function exchange(request: ExchangeRequest, tools: ExchangeTools): Promise<Exchanged> {
  const token = read(request);
  const candidates = candidatesOf(tools.workloads, token.issuer, request.workload);
  const people = request.workload === undefined ? peopleOf(tools.people, token.issuer) : undefined;
  const address = candidates[0] ?? people?.settings;
  if (address === undefined) throw untrusted(request.workload === undefined ? "issuer" : "workload", token);
  const claims = await verified(token, address, tools);
  // One issuer may be the workloads' too: the client id tells the tokens apart.
  if (people && (candidates.length === 0 || claims.aud.includes(audienceOf(people.settings))))
    return await exchangePerson({ request, token, claims }, people, tools.wallClock);
  const facts = { issuer: claims.iss, subject: claims.sub };
  if (request.audience !== undefined)
    throw new OAuthError("invalid_target", "Only people get a key of the control API: leave audience out.", {
      rule: "workload: audience",
      facts,
    });
  const choice = choosePolicy(candidates, claims);
  if ("refusals" in choice)
    throw new OAuthError("invalid_grant", `The token is valid, but no policy is for its claims. ${REMEDY}`, {
      rule: choice.refusals.map(({ workload, rule }) => `${workload}: ${rule}`).join(", "),
      facts,
    });
  const { policy } = choice;
  const scopes = scopesFor(policy, request.scope);
  if (scopes === undefined)
    throw new OAuthError("invalid_scope", "A requested scope is not one that this workload may have.", {
      rule: `${policy.name}: scope`,
      facts,
    });
  return await issue({ token, claims, policy, scopes }, tools);
}

function peopleOf(people: PeopleTools | undefined, issuer: string): PeopleTools | undefined {
  return people?.settings.issuer === issuer ? people : undefined;
}

function read({ subjectToken, issuer }: ExchangeRequest): DecodedToken {
  const token = readToken(subjectToken);
  if (issuer !== undefined && issuer !== token.issuer) throw untrusted("identity-provider", token);
  return token;
}

interface Grant {
  readonly token: DecodedToken;
  readonly claims: SubjectClaims;
  readonly policy: WorkloadPolicy;
  readonly scopes: readonly KeyScope[];
}

async function issue(
  { token, claims, policy, scopes }: Grant,
  { store, wallClock }: ExchangeTools,
): Promise<Exchanged> {
  const nowMs = wallClock();
  const now = new Date(nowMs);
  const seconds = keySeconds(policy, claims.exp, nowMs);
  const facts = { workload: policy.name, issuer: claims.iss, subject: claims.sub };
  if (seconds < 1) throw new OAuthError("invalid_grant", "The token has expired.", { rule: "expiry", facts });
  if (policy.projectId !== undefined && (await store.isArchived(policy.projectId)))
    throw new OAuthError("invalid_grant", `The token is valid, but its workload gets no key. ${REMEDY}`, {
      rule: `${policy.name}: project-archived`,
      facts,
    });
  const { secret, item } = workloadKey({ policy, subject: claims.sub ?? "", scopes, seconds, now });
  // What is signed, not the whole token: some signatures can be written in two ways.
  const used =
    policy.reuse === "allowed"
      ? undefined
      : exchangeRecord("subject-token", token.signed, now, Math.ceil(claims.exp) + 1);
  if (!(await store.issue(item, used)))
    throw new OAuthError("invalid_grant", "The token was exchanged before. Get a new one from its issuer.", {
      rule: `${policy.name}: reuse`,
      facts,
    });
  return {
    response: tokenResponse(secret, seconds, scopes),
    issuedTo: "workload",
    facts: { ...facts, keyId: item.keyId, expiresAt: item.expiresAt },
  };
}
