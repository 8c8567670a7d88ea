import { COGNITO_ISSUER, isCognito, LOCAL_ISSUER, type PeopleSettings } from "../contracts/processes/people.ts";
import { COGNITO_GROUPS, DEFAULT_GROUPS_CLAIM } from "../domain/people/directory-groups.ts";
import { audienceOf } from "../domain/people/person-claims.ts";
import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";
import { MAX_BYTES, planProblems } from "./workload-rules.ts";

const PATH = "identity.people";
/** Microsoft's issuer of one directory. The others, such as `common`, sign tokens of every directory. */
const ENTRA_HOST = "login.microsoftonline.com";
const ENTRA_DIRECTORY = /^\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\/v2\.0$/;
/** The directory of personal accounts. */
const PERSONAL_ACCOUNTS = "/9188040d-6c67-4c5b-b112-36a304b66dad/";

/** Rules between the sign-in of people and the rest of the environment. */
export function peopleProblems(environment: Environment): readonly Problem[] {
  const { people } = environment.identity;
  if (people === null) return poolProblems(null, environment);
  return [
    ...poolProblems(people, environment),
    ...apiProblems(environment),
    ...sizeProblems(environment),
    ...entraProblems(people),
    ...groupProblems(people),
    ...accessTokenProblems(people, environment),
    ...signUpProblems(people, environment),
    ...planProblems(PATH, people, environment),
    ...workloadProblems(people, environment),
  ];
}

function apiProblems({ api: { auth, controlApi } }: Environment): readonly Problem[] {
  const problems: Problem[] = [];
  if (!controlApi)
    problems.push({
      path: "api.controlApi",
      value: controlApi,
      rule: `must be true where ${PATH} is set: users and their projects are the control API's`,
      remedy: `set it to true, or ${PATH} to null`,
    });
  if (auth === "off")
    problems.push({
      path: PATH,
      value: "set",
      rule: "must be null when api.auth is off: there are no keys that a person could get",
      remedy: 'write null, or set api.auth to "required"',
    });
  return problems;
}

/** The user pool is the issuer, and says what people and clients of other issuers are told by settings. */
function poolProblems(people: PeopleSettings | null, { identity: { userPool } }: Environment): readonly Problem[] {
  const isIssuer = people?.issuer === COGNITO_ISSUER;
  if (isIssuer !== (userPool !== null))
    return [
      {
        path: "identity.userPool",
        value: userPool === null ? null : "set",
        rule: isIssuer
          ? `must be set where ${PATH}.issuer is "${COGNITO_ISSUER}"`
          : `must be null where ${PATH}.issuer is not "${COGNITO_ISSUER}": nobody would sign in there`,
        remedy: isIssuer
          ? 'write userPool: { domainPrefix: "<a name of your own>" }, or the address of another issuer'
          : `write issuer: "${COGNITO_ISSUER}" in ${PATH}, or userPool: null`,
      },
    ];
  if (!isIssuer) return [];
  const unset = (["jwksUri", "clientSecretId", "audience", "userClaim"] as const).filter(
    (name) => people[name] !== undefined,
  );
  const problems: Problem[] = unset.map((name) => ({
    path: `${PATH}.${name}`,
    value: people[name],
    rule: `must be absent where ${PATH}.issuer is "${COGNITO_ISSUER}": the user pool has its own`,
    remedy: "leave it out",
  }));
  if (people.accessTokens !== undefined && people.accessTokens.audience !== people.clientId)
    problems.push({
      path: `${PATH}.accessTokens.audience`,
      value: people.accessTokens.audience,
      rule: `must be the clientId where ${PATH}.issuer is "${COGNITO_ISSUER}": access tokens of its client have no other audience`,
      remedy: `write audience: "${people.clientId}"`,
    });
  return problems;
}

function sizeProblems({ identity }: Environment): readonly Problem[] {
  const bytes = Buffer.byteLength(JSON.stringify(identity));
  if (bytes <= MAX_BYTES) return [];
  return [
    {
      path: "identity",
      value: Object.keys(identity),
      rule: `must have at most ${MAX_BYTES} bytes as JSON, and has ${bytes}: they are variables of a function`,
      remedy: "use fewer domains, or patterns in place of several policies",
    },
  ];
}

function entraProblems({ issuer, userClaim = "email" }: PeopleSettings): readonly Problem[] {
  if (!isAddress(issuer)) return [];
  const { hostname, pathname } = new URL(issuer);
  if (hostname !== ENTRA_HOST) return [];
  const problems: Problem[] = [];
  if (!ENTRA_DIRECTORY.test(pathname) || pathname.startsWith(PERSONAL_ACCOUNTS))
    problems.push({
      path: `${PATH}.issuer`,
      value: issuer,
      rule: "must be one directory's of Microsoft Entra: in any other, everybody can make an account",
      remedy: `write https://${ENTRA_HOST}/<id of the directory>/v2.0`,
    });
  if (userClaim === "email")
    problems.push({
      path: `${PATH}.userClaim`,
      value: userClaim,
      rule: "must be another claim than email at Microsoft Entra, which has no email_verified and where users may choose the address",
      remedy: 'write userClaim: "preferred_username"',
    });
  return problems;
}

/** In Cognito's tokens a claim of another name is an attribute, which people may change themselves. */
function groupProblems({ issuer, groups }: PeopleSettings): readonly Problem[] {
  if (groups === undefined || !isCognito(issuer) || groups.claim === COGNITO_GROUPS) return [];
  return [
    {
      path: `${PATH}.groups.claim`,
      value: groups.claim ?? DEFAULT_GROUPS_CLAIM,
      rule: `must be "${COGNITO_GROUPS}" at Amazon Cognito, which writes the groups of its pool there`,
      remedy: `write claim: "${COGNITO_GROUPS}"`,
    },
  ];
}

function isAddress(issuer: string): boolean {
  return issuer !== LOCAL_ISSUER && issuer !== COGNITO_ISSUER;
}

/** An access token must be told apart from an ID token, and from a workload's. */
function accessTokenProblems(people: PeopleSettings, { identity: { workloads } }: Environment): readonly Problem[] {
  if (people.accessTokens === undefined) return [];
  const { audience, form = "rfc9068" } = people.accessTokens;
  const at = { path: `${PATH}.accessTokens.audience`, value: audience };
  const problems: Problem[] = [];
  if (isCognito(people.issuer) !== (form === "cognito"))
    problems.push({
      path: `${PATH}.accessTokens.form`,
      value: form,
      rule: isCognito(people.issuer)
        ? 'must be "cognito" at Amazon Cognito, whose access tokens have no aud'
        : 'must be "rfc9068" at other issuers than Amazon Cognito',
      remedy: isCognito(people.issuer)
        ? 'write form: "cognito", and the id of the app client as audience'
        : "leave form out, and write a value of the tokens' aud as audience",
    });
  if (form === "rfc9068" && (audience === people.clientId || audience === audienceOf(people)))
    problems.push({
      ...at,
      rule: "must be another one than that of ID tokens, which are for the client and not for this API",
      remedy: "name this API at the issuer, for example by its address, and write that name",
    });
  const [same] = workloads.filter((policy) => policy.issuer === people.issuer && policy.audience === audience);
  if (same !== undefined)
    problems.push({
      ...at,
      rule: `must be another one than that of the workload ${same.name} at the same issuer: a token is either a workload's or a person's`,
      remedy: "use another audience, or remove the policy",
    });
  return problems;
}

/** Who signs up with any address is a stranger. */
function signUpProblems({ admit, userClaim = "email" }: PeopleSettings, { api }: Environment): readonly Problem[] {
  if (admit === undefined || admit === "invited") return [];
  const problems: Problem[] = [];
  const { domains, role = "reader", ownProject } = admit;
  if (domains === "any" && role !== "member")
    problems.push({
      path: `${PATH}.admit.role`,
      value: role,
      rule: 'must be "member" where everybody comes in: a reader reads all projects',
      remedy: 'write role: "member"',
    });
  if (domains === "any" && userClaim !== "email")
    problems.push({
      path: `${PATH}.userClaim`,
      value: userClaim,
      rule: "must be email where everybody comes in: only for it issuers say whether they have verified the address",
      remedy: "leave userClaim out, or list the domains",
    });
  if (ownProject?.tier !== undefined && !Object.hasOwn(api.tiers, ownProject.tier))
    problems.push({
      path: `${PATH}.admit.ownProject.tier`,
      value: ownProject.tier,
      rule: `must be one of the tiers of api.tiers, which has ${Object.keys(api.tiers).join(", ") || "none"}`,
      remedy: "write the name of one, or add it to api.tiers",
    });
  if (ownProject?.creditDays !== undefined && ownProject.creditUsd === undefined)
    problems.push({
      path: `${PATH}.admit.ownProject.creditDays`,
      value: ownProject.creditDays,
      rule: "must be absent without creditUsd: there is no credit that could expire",
      remedy: "write creditUsd too, or leave creditDays out",
    });
  return problems;
}

/** A token must be either a workload's or a person's. */
function workloadProblems(people: PeopleSettings, { identity: { workloads } }: Environment): readonly Problem[] {
  return workloads.flatMap(({ issuer, audience, jwksUri }, index): readonly Problem[] => {
    if (issuer !== people.issuer) return [];
    const problems: Problem[] = [];
    if (audience === audienceOf(people))
      problems.push({
        path: `identity.workloads[${index}].audience`,
        value: audience,
        rule: `must be another one than that of ${PATH} at the same issuer: a token is either a workload's or a person's`,
        remedy: "use another audience, or remove the policy",
      });
    if (jwksUri !== people.jwksUri)
      problems.push({
        path: `${PATH}.jwksUri`,
        value: people.jwksUri,
        rule: "must be the same in all policies of one issuer, which has one set of keys",
        remedy: "write the same address in each, or leave it out in each",
      });
    return problems;
  });
}
