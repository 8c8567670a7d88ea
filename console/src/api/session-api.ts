import type { BeginSession, SESSION_ID_HEADER, Session } from "../../../contracts/sign-in/session.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { ApiError, errorOfResponse } from "./api-error.ts";

/** What `/session` responds with: docs/console-api.md. */
export type SessionResponse = Session;

/** What the page sends of itself; the project is named with a renewal. */
export type SignInCode = Omit<BeginSession, "project_id">;

/** Only pages of the site itself can send this header, which keeps other pages from using a person's cookie. */
const HEADERS = { "content-type": "application/json", "x-sluice-session": "1" } as const;
const SESSION_ID: typeof SESSION_ID_HEADER = "x-sluice-session-id";

/** Signs in with the code of the provider. @throws {ApiError} */
export function createSession(code: SignInCode): Promise<SessionResponse> {
  return send("POST", "/session", code);
}

/** New keys, for the project if one is named. @throws {ApiError} `unauthorized` when the person has to sign in */
export function refreshSession(projectId: string | undefined): Promise<SessionResponse> {
  return send("POST", "/session/refresh", projectId === undefined ? {} : { project_id: projectId });
}

/** Ends the session at the provider too, unless the browser has a later one by then. @param id of the session @throws {ApiError} */
export async function deleteSession(id: string | undefined): Promise<void> {
  const named = id === undefined ? {} : { [SESSION_ID]: id };
  await request("DELETE", "/session", undefined, named);
}

async function send(method: "POST", path: string, body: object): Promise<SessionResponse> {
  const value: unknown = await (await request(method, path, body)).json();
  if (isSession(value)) return value;
  throw new ApiError("failed");
}

async function request(
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...HEADERS, ...headers },
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(navigator.onLine ? "unreachable" : "offline");
  }
  if (response.ok) return response;
  const json: unknown = await response.json().catch(() => undefined);
  throw errorOfResponse(response.status, json, (name) => response.headers.get(name) ?? undefined);
}

function isSession(value: unknown): value is SessionResponse {
  return isRecord(value) && isRecord(value.user) && isRecord(value.control) && Array.isArray(value.projects);
}
