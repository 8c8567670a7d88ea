import * as z from "zod";
import { fetchFailure } from "../terminal/fetch-failure.ts";
import { UserError } from "../terminal/user-error.ts";

/** What an entry is made from: a repository of the hub at one commit, or a folder. */
export interface ModelSource {
  /** `undefined` of a folder. */
  readonly commit: string | undefined;
  /** Name of the licence in the model's card, e.g. `apache-2.0`. */
  readonly licence: string | undefined;
  readonly pipeline: string | undefined;
  readonly config: unknown;
  /** Bytes of all weights, from the index or the single file. */
  readonly weightBytes: number;
}

export interface HubOptions {
  /** Base URL of the hub, e.g. `https://huggingface.co`. */
  readonly url: string;
  /** Token for repositories behind a licence. @default - none */
  readonly token?: string;
}

const Info = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  cardData: z.object({ license: z.string().optional(), license_name: z.string().optional() }).nullish(),
  pipeline_tag: z.string().nullish(),
});
const Index = z.object({ metadata: z.object({ total_size: z.number() }) });

/**
 * Reads a repository: its commit, card, config.json and the index of its safetensors.
 * @throws {UserError} when the hub has no such repository or revision, or it needs a token
 */
export async function readHubModel(id: string, revision: string, hub: HubOptions): Promise<ModelSource> {
  const info = await fetchJson(`/api/models/${id}/revision/${encodeURIComponent(revision)}`, hub, Info);
  const file = (name: string) => `/${id}/resolve/${info.sha}/${name}`;
  const config = await fetchJson(file("config.json"), hub, z.unknown());
  return {
    commit: info.sha,
    licence: info.cardData?.license_name ?? info.cardData?.license,
    pipeline: info.pipeline_tag ?? undefined,
    config,
    weightBytes: await weightBytes(file, hub),
  };
}

async function weightBytes(file: (name: string) => string, hub: HubOptions): Promise<number> {
  const index = await request(file("model.safetensors.index.json"), hub);
  if (index.ok) return Index.parse(await index.json()).metadata.total_size;
  await index.body?.cancel();
  const single = await request(file("model.safetensors"), hub, "HEAD");
  const length = Number(single.headers.get("x-linked-size") ?? single.headers.get("content-length"));
  if (single.ok && length > 0) return length;
  throw new UserError("The repository has no model.safetensors and no index of several; vLLM loads safetensors.");
}

async function fetchJson<T>(path: string, hub: HubOptions, schema: z.ZodType<T>): Promise<T> {
  const response = await request(path, hub);
  if (response.status === 401 || response.status === 403)
    throw new UserError(`${hub.url}${path} needs access; accept the licence on its page and set HF_TOKEN.`);
  if (response.status === 404) throw new UserError(`${hub.url}${path} does not exist; check the name and --revision.`);
  if (!response.ok) throw new UserError(`${hub.url}${path} responded ${response.status}; try again later.`);
  const parsed = schema.safeParse(await response.json());
  if (!parsed.success)
    throw new UserError(`${hub.url}${path} is not in the hub's form: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function request(path: string, { url, token }: HubOptions, method = "GET"): Promise<Response> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return await fetch(`${url}${path}`, { method, headers, signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    throw new UserError(
      `${url} can't be reached (${fetchFailure(error)}); check the network, or name a mirror with --hub.`,
    );
  }
}
