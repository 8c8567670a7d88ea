import type { GatewayConfig } from "../../../contracts/processes/gateway-config.ts";
import type { FakeProvider, FakeProviderBehaviour } from "../../../test-support/fake-provider.ts";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { chat, post } from "../test-gateway.ts";

export interface World {
  readonly url: string;
  readonly a: FakeProvider;
  readonly drain: () => Promise<void>;
}

/** One way in which a request ends, and what it leaves. */
export interface End {
  readonly how: string;
  readonly a?: Partial<FakeProviderBehaviour>;
  /** Its server does not listen. */
  readonly isGone?: boolean;
  readonly settings?: Record<string, unknown>;
  readonly endpoint?: string;
  /** The request has not reached its server. @default false */
  readonly isUnconnected?: boolean;
  /** The response came when the client had left, so that its usage is paid instead of the upper bound. @default false */
  readonly isReadWithoutClient?: boolean;
  /** The provider `b`, which works, stands behind `a`. */
  readonly route?: Record<string, unknown>;
  readonly config?: Partial<GatewayConfig>;
  /** @default - sends a request and reads its response */
  readonly run?: (world: World, isStream: boolean) => Promise<void>;
  /** Of its log line. */
  readonly lines: readonly (readonly [status: number, code: string | undefined, aborted: boolean])[];
  /** Distinct outcomes of calls. */
  readonly calls: readonly string[];
  /** `usage`: the tokens that the response names; `part`: those of a stream that was broken off; `none`: no call has a response. */
  readonly paid: "usage" | "part" | "none";
}

export const body = (stream: boolean) => chat({ model: "chat", max_tokens: 5, stream });
const send = (url: string, stream: boolean, signal?: AbortSignal) =>
  post(url, "/v1/chat/completions", body(stream), {}, signal === undefined ? {} : { signal });

export async function readAll({ url }: World, isStream: boolean): Promise<void> {
  await (await send(url, isStream)).text().catch(() => undefined);
}

/** A client that leaves when `when` resolves. */
export const leaving = (when: (world: World) => Promise<unknown>) => async (world: World, isStream: boolean) => {
  const left = new AbortController();
  const sent = send(world.url, isStream, left.signal).then(
    (response) => response.text(),
    () => undefined,
  );
  await when(world);
  left.abort();
  await sent.catch(() => undefined);
};

export const received = async ({ a }: World) =>
  eventually(() => a.received.length === 1 || Promise.reject(new Error("nothing has come yet")));
export const shortly = () => new Promise((resolve) => setTimeout(resolve, 300));

/** A client that leaves when it has read this text. */
export const leavingAt = (text: string) => async (world: World) => {
  const reader = (await send(world.url, true)).body?.getReader();
  let seen = "";
  while (!seen.includes(text)) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    seen += Buffer.from(value ?? []).toString("utf8");
  }
  await reader?.cancel();
};

/** Runs something while another client's stream has the only slot; that client leaves afterwards. */
export const whileFull = (run: NonNullable<End["run"]>) => async (world: World, isStream: boolean) => {
  const left = new AbortController();
  const reader = (await send(world.url, true, left.signal)).body?.getReader();
  await reader?.read();
  await run(world, isStream);
  // Otherwise the slot may be free before the gateway has seen that the waiting client left.
  await shortly();
  left.abort();
};

export const ONE_SLOT = {
  maxInFlight: 1,
  timeouts: { connectSeconds: 1, firstByteSeconds: 9, idleSeconds: 9, totalSeconds: 9 },
};
export const limits = (own: Record<string, number>) => ({
  timeouts: { connectSeconds: 1, firstByteSeconds: 9, idleSeconds: 9, totalSeconds: 9, ...own },
});
export const DRIP = { fault: "slow-drip", dripMs: 1500 } as const;
