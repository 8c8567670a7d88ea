import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { TierName } from "../limits/use-limit.ts";
import { DirectoryGroups } from "./directory-groups.ts";
import { isSafeIssuerAddress, issuerAddress, LONGEST_WORKLOAD_KEY_SECONDS } from "./workloads.ts";

const domain = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}$/, "must be a domain in lower case, such as example.com");

/** Id of the organisation, where no other is named. */
export const DEFAULT_ORGANIZATION = "default";

/** In place of an issuer's address: the local stack's own issuer. It can't be deployed. */
export const LOCAL_ISSUER = "local";

/** In place of an issuer's address: the user pool that the environment makes. On the laptop the local issuer stands in for it. */
export const COGNITO_ISSUER = "cognito";

/** Amazon Cognito's issuers: one of each user pool. */
const COGNITO_ADDRESS = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//;

/** Whether an issuer is a user pool of Amazon Cognito: the environment's, or another one. */
export function isCognito(issuer: string): boolean {
  return issuer === COGNITO_ISSUER || COGNITO_ADDRESS.test(issuer);
}

/** The `audience` of an exchange for a key of the control API. Without one, the key is for models. */
export const CONTROL_AUDIENCE = "control";

/** Path at which a client finds out where people sign in. */
export const SIGN_IN_PATH = "/oauth/sign-in";

/** The response at `SIGN_IN_PATH`. */
export const SignInDocument = z.object({
  issuer: z.string(),
  client_id: z.string(),
  /** Where a browser signs a person in by the code flow with PKCE; it may have a query. @default - the issuer can't be read now */
  authorization_endpoint: z.string().optional(),
  /** Scopes of that request. */
  scopes: z.array(z.string()).optional(),
  /** Who comes in: who was invited, or (`domains`) also who has an address of some domains or is in some groups of the directory. */
  admit: z.enum(["invited", "domains"]).optional(),
  /** Whether everybody with a verified address comes in; `admit` is `domains` then, for clients of before. @default false */
  is_open: z.boolean().optional(),
  /** Whether who is new gets a project of their own. @default false */
  has_own_project: z.boolean().optional(),
  /** Whether the client has a secret, which this API has: then only it exchanges codes. */
  has_secret: z.boolean().optional(),
});
export type SignInDocument = DeepReadonly<z.infer<typeof SignInDocument>>;

/** Forms of access tokens; `domain/people/access-token-forms.ts` says what each has. */
export const AccessTokenForm = z.enum(["rfc9068", "cognito"]);
export type AccessTokenForm = z.infer<typeof AccessTokenForm>;

/** By which claim of an access token its rights are narrowed. A scope never gives a right that the user does not have. */
export const TokenScopeSettings = z.strictObject({
  /** Claim with the scopes: a text with spaces between them, or a list. @default - `scope`, else `scp` */
  claim: z.string().min(1).max(100).optional(),
  /** Start of the names of scopes that are for this API, such as `https://api.example.com/`. @default - none */
  prefix: z.string().min(1).max(300).optional(),
  /** Whether a token without a scope of this API may do nothing; otherwise it may do all that its user may. @default false */
  required: z.boolean().optional(),
});
export type TokenScopeSettings = z.infer<typeof TokenScopeSettings>;

/**
 * How people sign in: at one OpenID provider, whose ID tokens they exchange for keys of the projects that they are members
 * of. docs/sign-in.md.
 */
export const PeopleSettings = z.strictObject({
  /** `iss` of the ID token, exactly; `cognito`, the user pool of `identity.userPool`; or `local`, an issuer with example people that the local stack starts. */
  issuer: z
    .string()
    .max(300)
    .refine(
      (text) => text === LOCAL_ISSUER || text === COGNITO_ISSUER || isSafeIssuerAddress(text),
      `must be an https address without a query, as it is in the token's iss, or "${COGNITO_ISSUER}" for a user pool of the environment's own, or "${LOCAL_ISSUER}" for the local stack`,
    ),
  /** Address of the issuer's keys. @default - the one in its discovery document, `/.well-known/openid-configuration` */
  jwksUri: issuerAddress.optional(),
  /** Id of a client at the issuer, for the device flow or the code flow with PKCE. Of the environment's user pool, the client's name. */
  clientId: z.string().min(1).max(300),
  /**
   * Name or ARN of the secret of Secrets Manager that has the client's secret. Browsers and `sluice login` then sign in by
   * the API, which alone knows it. @default - a public client: one without a secret
   */
  clientSecretId: z
    .string()
    .regex(
      /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
      "must be the name or ARN of a secret",
    )
    .optional(),
  /** A value of the ID token's `aud`, exactly. @default - the client id, as OpenID Connect has it */
  audience: z.string().min(1).max(300).optional(),
  /**
   * The claim with the user's e-mail address. `email` counts only beside `email_verified`; of another claim, the issuer
   * alone must decide who has which address. @default "email"
   */
  userClaim: z.string().min(1).max(100).optional(),
  /** Id of the organisation of the control API. @default "default" */
  organization: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be 1 to 40 of a-z, 0-9 and -")
    .optional(),
  /**
   * Who comes in: `invited`, those whose address is in the organisation or was invited; or everybody with an address of
   * some domains, or with any verified address, who then gets a role and becomes a member of `projectIds`. @default "invited"
   */
  admit: z
    .union([
      z.literal("invited"),
      z.strictObject({
        domains: z.union([z.array(domain).min(1).max(20), z.literal("any")]),
        /** In the organisation: `reader` reads all projects, `member` those that the user is in. @default "reader" */
        role: z.enum(["reader", "member"]).optional(),
        /** Projects that a new user becomes a member of. @default - none: an owner adds the user to a project */
        projectIds: z
          .array(z.string().regex(/^proj_[0-9a-z]+$/, "must be the id of a project, proj_…"))
          .max(10)
          .optional(),
        /** Makes a project for each new user, who owns it. @default - none is made */
        ownProject: z
          .strictObject({
            /** Whose limits the project has. @default - none's */
            tier: TierName.optional(),
            /** Prepaid credit in dollars, beyond which the project may use nothing. @default - it needs no credit */
            creditUsd: z.number().min(0.01).max(10_000).optional(),
            /** Days after which the credit can't be used any more. @default - it does not expire */
            creditDays: z.int().min(1).max(3650).optional(),
          })
          .optional(),
      }),
    ])
    .optional(),
  /** Makes people members of groups as their ID tokens say. @default - the control API and SCIM alone do */
  groups: DirectoryGroups.optional(),
  /** Usage plan of the keys. @default - `standard` */
  plan: z.string().min(1).optional(),
  /** Life of a key in seconds; a key never lives longer than its ID token. @default 900 */
  ttlSeconds: z.int().min(60).max(LONGEST_WORKLOAD_KEY_SECONDS).optional(),
  /**
   * Makes the issuer's access tokens valid in place of keys at `/v1`, without an exchange. Each has to have a value in `aud`
   * that stands for this API. @default - they are not accepted
   */
  accessTokens: z
    .strictObject({
      /** A value of the access token's `aud`, exactly; never the client id, which ID tokens have. In the form `cognito`, its `client_id`. */
      audience: z.string().min(1).max(300),
      /**
       * How the issuer writes access tokens: as RFC 9068 has it; or as Amazon Cognito does, without `aud` and with `client_id` and
       * `token_use` in place of it. @default "rfc9068"
       */
      form: AccessTokenForm.optional(),
      /** How a token's scopes narrow what its bearer may do. @default - the scopes of `scope` or `scp` that Sluice has */
      scopes: TokenScopeSettings.optional(),
    })
    .optional(),
});
export type PeopleSettings = DeepReadonly<z.infer<typeof PeopleSettings>>;

/**
 * The settings with the issuer's address in place of `local`, and in the local stack in place of the user pool's.
 * @param localIssuer address of the local stack's issuer, which it starts for these two; `undefined` on AWS
 * @returns `undefined` when there is no issuer: nobody signs in
 */
export function withAddress(
  people: PeopleSettings | undefined,
  localIssuer: string | undefined,
): PeopleSettings | undefined {
  if (localIssuer !== undefined && people !== undefined) return { ...people, issuer: localIssuer };
  return people?.issuer === LOCAL_ISSUER ? undefined : people;
}
