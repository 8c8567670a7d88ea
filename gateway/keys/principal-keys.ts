import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { AccessTokenSettings } from "../../contracts/processes/access-tokens.ts";
import { type ApiKeyItem, DEFAULT_PLAN, type KeyScope, NO_HASH } from "../../contracts/processes/auth.ts";
import type { TokenPrincipal } from "../../domain/issuers/access-tokens.ts";
import { PeopleReads } from "../../domain/people/people-reads.ts";
import { ROLE_KEY_SCOPES } from "../../domain/people/person-key.ts";
import { projectsOf } from "../../domain/people/person-projects.ts";
import { type Principal, principalId, principalOf } from "../../domain/people/principal-id.ts";
import { twiceInTime } from "./twice-in-time.ts";

/** Longest name of a key. */
const NAME_CHARACTERS = 100;

/** Why a person's token gives no access, or to which id it gives some. */
export type PrincipalChoice =
  | { readonly id: string }
  /** `not-a-user`; `project`: one of several has to be named; `not-a-member`: of the named one. */
  | { readonly refusal: "not-a-user" | "project" | "not-a-member" };

export interface PrincipalKeysOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  /** @default - people have no rights */
  readonly controlTable: string | undefined;
  readonly organization: string;
  readonly settings: AccessTokenSettings;
  /** Milliseconds since 1970. @default - this machine's clock */
  readonly wallClock?: () => number;
}

/**
 * Rights of those who come with a token in place of a key. They have the form of a key that no secret opens, so that limits, usage and
 * batches treat both alike.
 */
export class PrincipalKeys {
  readonly #people: PeopleReads;
  readonly #settings: AccessTokenSettings;
  readonly #wallClock: () => number;

  constructor({ client, controlTable, organization, settings, wallClock = Date.now }: PrincipalKeysOptions) {
    this.#settings = settings;
    this.#wallClock = wallClock;
    this.#people = new PeopleReads(
      {
        get: (input) => twiceInTime((abortSignal) => client.send(new GetCommand(input), { abortSignal })),
        query: (input) => twiceInTime((abortSignal) => client.send(new QueryCommand(input), { abortSignal })),
      },
      controlTable ?? "",
      organization,
    );
  }

  /**
   * The id of who a token is from.
   * @param project id of a project, as the request names it. @default - the person's only one
   */
  async choose(principal: TokenPrincipal, project: string | undefined): Promise<PrincipalChoice> {
    if (principal.type === "workload") return { id: principalId(principal) };
    const userId = await this.#userIdOf(principal);
    if (userId === undefined) return { refusal: "not-a-user" };
    if (project === undefined) return await this.#chooseAmongAll(userId);
    // Whether it is a user's, who is in the project, is read with the rights; an invitation has no rights.
    return { id: principalId({ type: "person", userId, projectId: project }) };
  }

  /** Id of the user, or of the invitation, that an address or an issuer's id is of. */
  async #userIdOf(principal: Exclude<TokenPrincipal, { readonly type: "workload" }>): Promise<string | undefined> {
    if (principal.type === "subject")
      return (await this.#people.get({ kind: "signInSubject", ids: [principal.id] }))?.userId;
    return (await this.#people.get({ kind: "email", ids: [principal.email] }))?.ownerId;
  }

  /** Whether a person is a user: one whose id has no rights is in no project then, or not in the named one. */
  async isUser(id: string): Promise<boolean> {
    const principal = principalOf(id);
    if (principal?.type !== "person") return false;
    return (await this.#people.get({ kind: "user", ids: [principal.userId] })) !== undefined;
  }

  async #chooseAmongAll(userId: string): Promise<PrincipalChoice> {
    const [user, projects] = await Promise.all([
      this.#people.get({ kind: "user", ids: [userId] }),
      projectsOf({ user: { id: userId }, newMemberships: undefined }, this.#people, this.#wallClock()),
    ]);
    if (user === undefined) return { refusal: "not-a-user" };
    const [only] = projects ?? [];
    if (projects === undefined || projects.length > 1) return { refusal: "project" };
    if (only === undefined) return { refusal: "not-a-member" };
    return { id: principalId({ type: "person", userId: user.id, projectId: only.project.id }) };
  }

  /** @returns the rights of an id that `choose` gave; `undefined` where there are none any more, or for the id of a key */
  async get(id: string): Promise<ApiKeyItem | undefined> {
    const principal = principalOf(id);
    if (principal === undefined) return undefined;
    return principal.type === "person" ? await this.#ofPerson(id, principal) : this.#ofWorkload(id, principal.policy);
  }

  async #ofPerson(
    id: string,
    { userId, projectId }: Extract<Principal, { readonly type: "person" }>,
  ): Promise<ApiKeyItem | undefined> {
    const { people: settings } = this.#settings;
    if (settings === undefined) return undefined;
    const of = { user: { id: userId }, newMemberships: undefined };
    const [user, projects] = await Promise.all([
      this.#people.get({ kind: "user", ids: [userId] }),
      projectsOf(of, this.#people, this.#wallClock(), projectId),
    ]);
    const [found] = projects ?? [];
    if (user === undefined || found === undefined) return undefined;
    return {
      ...opened(id, user.email, settings.plan, ROLE_KEY_SCOPES[found.role]),
      createdAt: new Date(1000 * user.addedAt).toISOString(),
      owner: { type: "user", id: user.id },
      projectId,
      ...(found.byGroup === undefined ? {} : { endedBy: [...found.byGroup.endedBy] }),
    };
  }

  #ofWorkload(id: string, name: string): ApiKeyItem | undefined {
    const policy = this.#settings.workloads.find((each) => each.name === name);
    if (policy === undefined) return undefined;
    const { plan, scopes = ["generate"], models, addresses, maxPriority, projectId } = policy;
    return {
      ...opened(id, name, plan, scopes),
      createdAt: new Date(0).toISOString(),
      owner: { type: "service_account", id: name },
      ...(projectId === undefined ? {} : { projectId }),
      ...(models === undefined ? {} : { models: [...models] }),
      ...(addresses === undefined ? {} : { addresses: [...addresses] }),
      ...(maxPriority === undefined ? {} : { maxPriority }),
    };
  }
}

/** With exact scopes, and hashes that no secret has. */
function opened(keyId: string, name: string, plan: string | undefined, scopes: readonly KeyScope[]) {
  return {
    keyId,
    hash: NO_HASH,
    restrictedHash: NO_HASH,
    name: name.slice(0, NAME_CHARACTERS).toWellFormed(),
    plan: plan ?? DEFAULT_PLAN,
    scopes: [...scopes],
  };
}
