import { Cors } from "../../domain/cors.ts";
import { keepAliveSeconds } from "../../domain/idle-timeout.ts";
import { apiKeyId, bearerCredential } from "../../domain/keys/api-key.ts";
import type { GatewayRequest } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import { clientAddress } from "../http/client-address.ts";
import { takeForwardedAddress } from "../http/forwarded-address.ts";
import { HttpAdapter } from "../http/http-adapter.ts";
import { createHttpServer } from "../http/http-server.ts";
import type { KeyRevocations } from "../keys/key-revocations.ts";
import { PROJECT_HEADER, projectIn } from "../pipeline/identify/identify-token.ts";
import { ChatSockets, isChatHandshake } from "../websocket/chat-sockets.ts";

/** What listens: HTTP, and WebSockets on the same port. */
export interface Front {
  readonly http: HttpAdapter;
  readonly sockets: ChatSockets;
}

export function createFront(
  { config, heartbeatMs, connections, tokens }: GatewayOptions,
  handle: (request: GatewayRequest) => Promise<GatewayResponse>,
  revocations: KeyRevocations | undefined,
): Front {
  const cors = new Cors(config.corsOrigins);
  const isBehindLoadBalancer = config.clientAddressFrom === "load-balancer";
  const server = createHttpServer((request) => isChatHandshake(request, config.stage), 1000 * keepAliveSeconds(config));
  const http = new HttpAdapter({ server, handle, cors, isBehindLoadBalancer, connections });
  const sockets = new ChatSockets({
    handle,
    bodyLimitBytes: config.bodyLimitBytes,
    revocations,
    watchedId: ({ authorization, [PROJECT_HEADER]: project }) => {
      const credential = bearerCredential(authorization) ?? "";
      if (!tokens?.has(credential)) return apiKeyId(credential);
      // It was looked at when the access to the socket was checked.
      const known = tokens.known(credential, projectIn(project));
      return known !== undefined && "id" in known ? known.id : undefined;
    },
    allowsOrigin: (origin) => cors.allows(origin),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
  });
  server.on("upgrade", (request, connection, head) => {
    if (isBehindLoadBalancer) takeForwardedAddress(request);
    void sockets.upgrade(request, connection, head, clientAddress(request), http.refusalOf(connection));
  });
  return { http, sockets };
}
