import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { OrganizationRoleName } from "../control/records/role-names.ts";

/** Path at which a browser begins and ends a session, on the page's own origin. */
export const SESSION_PATH = "/session";
/** Path at which a browser gets new keys for its session. */
export const SESSION_REFRESH_PATH = "/session/refresh";
/** Header of every request of a session, with the value 1: no form, link or image of another site can send it. */
export const SESSION_HEADER = "x-sluice-session";
/** Header with which a page that signs out says which session it ends: the cookie may be that of a later one by then. */
export const SESSION_ID_HEADER = "x-sluice-session-id";
/** Name of the cookie. */
export const SESSION_COOKIE = "sluice-session";

const projectId = z.string().min(1).max(100).optional();

/** Body of `POST /session`: what the issuer sent the browser back with, and what only the page that started knows. */
export const BeginSession = z.strictObject({
  /** The authorization code. */
  code: z.string().min(1).max(4096),
  /** RFC 7636, section 4.1. */
  code_verifier: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{43,128}$/, "must be 43 to 128 of A-Z, a-z, 0-9, '.', '_', '~' and '-'"),
  /** As in the authorization request. */
  redirect_uri: z.url({ protocol: /^https?$/ }).max(500),
  /** As in the authorization request. */
  nonce: z.string().min(1).max(300),
  /** The project that a key for models is wanted of. @default - the person's only one */
  project_id: projectId,
});

export type BeginSession = DeepReadonly<z.infer<typeof BeginSession>>;

/** Body of `POST /session/refresh`. */
export const RefreshSession = z.strictObject({ project_id: projectId });

/** Seconds since 1970. */
const seconds = z.int();

/** The response of both. */
export const Session = z.object({
  /** The same for all keys of one sign-in; it opens nothing. @default - a service of a release before */
  id: z.string().optional(),
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable(),
    /** The role in the organisation. @default - a service of a release before */
    role: OrganizationRoleName.optional(),
  }),
  /**
   * What the person's roles permit in the whole organisation, by the scopes of the control API: what a page offers. The control API decides at each
   * request. @default - a service of a release before
   */
  permissions: z.array(z.string()).optional(),
  /** A key of the control API. */
  control: z.object({ key: z.string(), expires_at: seconds }),
  /** The projects that the person may have keys of. */
  projects: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
  /** A key for models of the project; null where no project was named and there is not exactly one, or it is none of the person's. */
  project_key: z.object({ project_id: z.string(), key: z.string(), expires_at: seconds }).nullable(),
  /** When the person must sign in again. */
  expires_at: seconds,
});
export type Session = DeepReadonly<z.infer<typeof Session>>;

/** What a request of a session is refused by. None is 403 or 404, in whose place CloudFront sends the page's error page. */
export type SessionErrorCode =
  /** 400 */
  | "invalid_request"
  /** 400: the issuer does not accept the code. */
  | "invalid_grant"
  /** 401: there is no session, or it has ended: the person must sign in. */
  | "session_required"
  /** 400: the person is not in the organisation. */
  | "access_denied"
  /** 400: the request does not come from a page of this site. */
  | "cross_site"
  /** 405 */
  | "method_not_allowed"
  /** 429 and 503, with `Retry-After`. */
  | "temporarily_unavailable"
  /** 500 */
  | "server_error";
