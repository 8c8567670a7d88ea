import { useQuery } from "@tanstack/react-query";
import { isRecord } from "../../../../../lib/is-record.ts";
import { readTokenPrice, type TokenPrice } from "../../../../../ui/models/token-price.ts";
import { ApiError, errorOfResponse } from "../../../api/api-error.ts";
import { projectKey } from "../../../session/keep-session.ts";
import { useSession } from "../../../session/session.ts";
import type { ModelLimits } from "../conversation/settings.ts";
import { usePlayground } from "./playground-store.ts";

/** The key for models: a person's of the project, or what an administrator pasted. @throws {ApiError} when there is none */
export async function modelKey(projectId: string | undefined): Promise<string> {
  const pasted = usePlayground.getState().pastedKey;
  if (pasted !== "") return pasted;
  const key = projectId === undefined ? undefined : await projectKey(projectId);
  if (key === undefined) throw new ApiError("unauthorized");
  return key;
}

/** Whether there may be a key for models. */
export function useHasModelKey(): boolean {
  const isPerson = useSession(({ session }) => session.kind === "person");
  const isPasted = usePlayground(({ pastedKey }) => pastedKey !== "");
  return isPerson || isPasted;
}

/** A model that the key may use. */
export interface PlaygroundModel extends ModelLimits {
  /** Whether prompts may have pictures. */
  readonly seesImages: boolean;
  /** What its tokens cost now; `undefined` where that depends on the target, or is nothing. */
  readonly price: TokenPrice | undefined;
}

/** The models that the key may use. */
export function useModels(apiUrl: string, projectId: string | undefined) {
  const pastedKey = usePlayground((state) => state.pastedKey);
  const hasKey = useHasModelKey();
  return useQuery({
    queryKey: ["models", projectId, pastedKey],
    queryFn: async ({ signal }) => {
      const models = await readModels(apiUrl, await modelKey(projectId), signal);
      usePlayground.setState({ models });
      return models;
    },
    enabled: hasKey,
  });
}

/** @throws {ApiError} */
async function readModels(apiUrl: string, key: string, signal: AbortSignal): Promise<readonly PlaygroundModel[]> {
  let response: Response;
  try {
    response = await fetch(`${apiUrl}/v1/models`, {
      headers: { authorization: `Bearer ${key}` },
      credentials: "omit",
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError(navigator.onLine ? "unreachable" : "offline");
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfResponse(response.status, body, (name) => response.headers.get(name) ?? undefined);
  const models = isRecord(body) && Array.isArray(body.data) ? body.data : [];
  return models.flatMap((model: unknown) => {
    if (!isRecord(model) || typeof model.id !== "string") return [];
    const { id, capabilities, max_model_len: context, price } = model;
    const can = (name: string, unsaid: boolean) => (Array.isArray(capabilities) ? capabilities.includes(name) : unsaid);
    return [
      {
        id,
        seesImages: can("vision", false),
        callsTools: can("tools", true),
        followsSchemas: can("json-schema", true),
        reasons: can("reasoning", false),
        contextTokens: typeof context === "number" ? context : undefined,
        price: readTokenPrice(price),
      },
    ];
  });
}
