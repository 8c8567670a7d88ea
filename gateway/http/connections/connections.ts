import type { Server } from "node:http";
import type { Socket } from "node:net";
import { addressBucket } from "../../../domain/client-address.ts";
import type { RequestRefusal } from "../../core/request.ts";
import { CallerShares, type CallerSharesOptions, type NoShare } from "../../shares/caller-shares.ts";

/**
 * Connections at once of one thread, and those of one peer, which may be a node of the load balancer; the same for the
 * requests that are open at once, of which a client's address has its share. An idle connection takes 17 KiB, measured.
 */
export const CONNECTIONS = { most: 8192, mostPerCaller: 4096 } as const;
/** Connections above these, whose requests are refused; more are closed without a response. */
const MAX_REFUSED_CONNECTIONS = 256;
/** Milliseconds after which a refused connection is closed, whatever it has sent. */
const REFUSED_MS = 5000;
/** Requests of one connection whose responses are not over: few clients send a request before they have the response. */
const MAX_PIPELINED = 16;

/** The error of a request for which there is no share. */
const REFUSALS = { all: "overloaded", caller: "rate_limit_exceeded" } as const satisfies Record<
  NoShare,
  RequestRefusal
>;

/** What a connection has open. */
interface Connection {
  /** Why its requests are refused. */
  readonly refusal: RequestRefusal | undefined;
  openRequests: number;
}

/** A request of a connection, and why it is refused if it is. */
export interface OpenedRequest {
  readonly refusal: RequestRefusal | undefined;
  /** It is over. */
  end(): void;
}

/** The connections of a server, and the requests on them: bounded in count, with a share for each address. */
export class Connections {
  readonly #byPeer: CallerShares;
  readonly #requests: CallerShares;
  readonly #open = new WeakMap<Socket, Connection>();

  /** @param shares @default - 8,192, and 4,096 of one address */
  constructor(server: Server, shares: CallerSharesOptions = CONNECTIONS) {
    this.#byPeer = new CallerShares(shares);
    this.#requests = new CallerShares(shares);
    server.maxConnections = shares.most + MAX_REFUSED_CONNECTIONS;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /** Connections that are served. */
  get total(): number {
    return this.#byPeer.total;
  }

  /** Why the requests of a connection are refused, a handshake among them. */
  refusalOf(socket: object): RequestRefusal | undefined {
    return this.#open.get(socket as Socket)?.refusal;
  }

  /**
   * A request has come.
   * @param address of its client
   * @returns `undefined` for one of a connection that has too many of them, and is closed now
   */
  openRequest(socket: Socket, address: string): OpenedRequest | undefined {
    const connection = this.#open.get(socket) ?? { refusal: undefined, openRequests: 0 };
    if (connection.openRequests >= MAX_PIPELINED) {
      socket.destroy();
      return undefined;
    }
    connection.openRequests++;
    const share = this.#requests.take(addressBucket(address) ?? "unknown");
    const isRefused = typeof share === "string";
    return {
      refusal: connection.refusal ?? (isRefused ? REFUSALS[share] : undefined),
      end: () => {
        connection.openRequests--;
        if (!isRefused) share();
      },
    };
  }

  #accept(socket: Socket): void {
    const share = this.#byPeer.take(addressBucket(socket.remoteAddress ?? "") ?? "unknown");
    if (typeof share === "string") {
      this.#open.set(socket, { refusal: REFUSALS[share], openRequests: 0 });
      const timer = setTimeout(() => socket.destroy(), REFUSED_MS);
      socket.once("close", () => clearTimeout(timer));
    } else {
      this.#open.set(socket, { refusal: undefined, openRequests: 0 });
      socket.once("close", share);
    }
  }
}
