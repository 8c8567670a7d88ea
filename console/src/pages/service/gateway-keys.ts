import { api } from "../../api/queries.ts";
import { useSession } from "../../session/session.ts";

/** Milliseconds before its end from which on a key is replaced: a request with it must arrive while it works. */
const RENEW_BEFORE_MS = 60_000;

/** Keys of whoever is signed in that the gateways know: they do not know keys of the control API. */
export interface GatewayKeys {
  /** One that works. It is made with the first request, lasts for minutes and is in memory alone. @throws {ApiError} `forbidden` for whom no role permits it */
  get(): Promise<string>;
  /** Forgets the key, so that the next request has another one. */
  forget(): void;
}

interface MadeKey {
  readonly value: string;
  readonly expires_at: number;
}

function gatewayKeys(make: () => Promise<MadeKey>): GatewayKeys {
  let current: Promise<MadeKey> | undefined;
  const forget = () => {
    current = undefined;
  };
  const made = () => {
    const making = make();
    making.catch(() => {
      if (current === making) forget();
    });
    return making;
  };
  const get = async (): Promise<string> => {
    current ??= made();
    const key = await current;
    if (key.expires_at * 1000 - RENEW_BEFORE_MS > Date.now()) return key.value;
    forget();
    return get();
  };
  useSession.subscribe(({ session }) => {
    if (session.kind === "signed-out") forget();
  });
  return { get, forget };
}

/** Of the scope `admin`: shows and changes what runs in the gateways. */
export const operatorKeys = gatewayKeys(() => api.call("createOperatorKey"));
/** Of the scope `observe`: sees the health of the service. */
export const observerKeys = gatewayKeys(() => api.call("createObserverKey"));
/** Of the scope `logs`: reads the newest lines of the log. */
export const logKeys = gatewayKeys(() => api.call("createLogKey"));
