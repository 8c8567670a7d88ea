import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import { DEPRECATIONS } from "../contracts/deprecations.ts";
import { LIVENESS_PATH } from "../contracts/process-environment.ts";
import { SharedPlaces } from "../domain/targets/shared-places.ts";
import { AdminApi } from "./admin/admin-api.ts";
import { type AdminRoute, isAdminRoute } from "./admin/admin-routes.ts";
import { Changes } from "./admin/changes.ts";
import { requireAdmin } from "./admin/require-admin.ts";
import { Admission } from "./admission/admission.ts";
import { QueueMeasurements } from "./admission/queue-measurements.ts";
import { isBatchRoute } from "./batches/batch-routes.ts";
import { BatchService } from "./batches/batch-service.ts";
import { createCache } from "./cache/create-cache.ts";
import { ClientGone, GatewayError } from "./core/gateway-error.ts";
import { chooseClientDialect } from "./dialects/clients/inbound.ts";
import type { ResponsesDialectOptions } from "./dialects/clients/responses/responses.ts";
import { ENGINE_INTERVALS, EngineDirectory } from "./engines/engine-directory.ts";
import { measureEngines } from "./engines/engine-measurements.ts";
import { Exchange } from "./exchange.ts";
import type { Gateway, GatewayOptions } from "./gateway-options.ts";
import { Generator } from "./generator.ts";
import { sendJson } from "./http/answer.ts";
import { answerClientError } from "./http/client-error.ts";
import { Cors } from "./http/cors.ts";
import { takeForwardedAddress } from "./http/forwarded-address.ts";
import { createHttpServer } from "./http/http-server.ts";
import { listenOn } from "./http/listen.ts";
import type { Route } from "./http/routes.ts";
import { InternalCalls } from "./internal-calls.ts";
import { CloudWatchExporter } from "./metrics/cloudwatch-exporter.ts";
import { InFlight } from "./metrics/in-flight.ts";
import { ALL_INSTRUMENTS, INSTRUMENTS } from "./metrics/instruments.ts";
import { Meter } from "./metrics/meter.ts";
import { PrometheusExporter } from "./metrics/prometheus-exporter.ts";
import { health } from "./pages/health.ts";
import { modelById, modelList } from "./pages/model-cards.ts";
import { referencePages } from "./pages/reference/reference-page.ts";
import { answerStaticPage } from "./pages/static-page.ts";
import { storedResponse } from "./pages/stored-response.ts";
import { admitAddress, clientAddress, createAddressLimit } from "./pipeline/admit-address.ts";
import { answerError } from "./pipeline/answer-error.ts";
import { identify } from "./pipeline/identify.ts";
import { identifyInternal } from "./pipeline/identify-internal.ts";
import { parseHead } from "./pipeline/parse-head.ts";
import { describeFailure, settle } from "./pipeline/settle.ts";
import { NO_SECRETS } from "./providers/provider-credential.ts";
import { TargetService } from "./routing/target-service.ts";
import { createSharedMemory, SharedCount } from "./threads/shared-memory.ts";
import { threadCount } from "./threads/thread-count.ts";
import { ChatSockets, isChatHandshake } from "./websocket/chat-sockets.ts";

/** Builds the data plane. Nothing listens or calls before `listen`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { config, keys, logger, version, deprecations = DEPRECATIONS } = options;
  const clock = options.clock ?? (() => performance.now());
  const directory = new EngineDirectory({ ...options, intervals: options.intervals ?? ENGINE_INTERVALS });
  const isShared = config.models.length + config.routes.length > 1;
  const memory = options.memory ?? createSharedMemory(config);
  const threads = threadCount(config);
  const { writeMetrics, thread = 0 } = options;
  const admission = new Admission({ limits: config.queue, isShared, clock, memory: memory.queue, threads, thread });
  const prometheus = new PrometheusExporter(ALL_INSTRUMENTS);
  const { environment } = config;
  const cloudWatch = writeMetrics && new CloudWatchExporter(ALL_INSTRUMENTS, { environment, write: writeMetrics });
  const meter = new Meter(cloudWatch === undefined ? [prometheus] : [prometheus, cloudWatch]);
  const inFlight = new InFlight(new SharedCount(memory.inFlight));
  meter.watch(INSTRUMENTS.inFlight, () => [{ labels: {}, value: inFlight.own }]);
  meter.watch(INSTRUMENTS.peakInFlight, () => [{ labels: {}, value: inFlight.takePeak() }]);
  measureEngines(meter, directory);
  const models = config.models.map(({ id }) => id);
  admission.watch(new QueueMeasurements(meter, admission, models));
  const pages = referencePages(config.auth, deprecations);
  const targets = new TargetService({
    pools: directory.pools,
    declared: config,
    reader: options.secrets ?? NO_SECRETS,
    awsCredentials: options.awsCredentials ?? (() => Promise.reject(new Error("There are no AWS credentials."))),
    logger,
    meter,
    now: clock,
    places: new SharedPlaces(memory.places, { threads, thread }),
    threads,
    lookup: options.lookup,
    spendStore: options.spendStore,
  });
  const changes = options.changeStore && {
    store: options.changeStore,
    view: new Changes({
      store: options.changeStore,
      targets,
      declared: config,
      logger,
      pollMs: options.intervals?.changesMs,
    }),
  };
  const admin = new AdminApi({ targets, declared: config, changes, logger, now: clock, wallClock: Date.now });
  const cache = createCache({
    ...options,
    meter,
    clears: new SharedCount(memory.cacheClears),
    threads,
    targetsOf: (model) => targets.registry.table.routes.get(model)?.targets.map(({ target }) => target),
    now: options.wallClock ?? Date.now,
  });
  const generator = new Generator({ config, deprecations, targets, admission, cache, clock });
  const internal = new InternalCalls(memory.internalSecret);
  const batches = createBatches();
  const cors = new Cors(config.corsOrigins);
  const addressLimit = createAddressLimit(config.requestsPerMinutePerIp, memory.addresses);
  const responses: ResponsesDialectOptions = {
    store: options.responses,
    now: Date.now,
    newId: (prefix) => `${prefix}_${randomBytes(24).toString("hex")}`,
    onLost: (failure) => logger.error({ failure: describeFailure(failure) }, "a response was not kept"),
  };
  const isBehindLoadBalancer = config.clientAddressFrom === "load-balancer";
  const createdAt = Math.floor(Date.now() / 1000);
  const open = new Set<Exchange>();
  const started = Promise.withResolvers<void>();
  let isDraining = false;
  let onIdle: (() => void) | undefined;

  const server = createHttpServer((request) => isChatHandshake(request, config.stage));
  const sockets = new ChatSockets({
    bodyLimitBytes: config.bodyLimitBytes,
    allowsOrigin: (origin) => cors.allows(origin),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  });
  server.on("upgrade", (request, connection, head) => {
    if (isBehindLoadBalancer) takeForwardedAddress(request);
    void sockets.upgrade(request, connection, head, clientAddress(request));
  });
  server.on("request", accept).on("checkContinue", accept).on("clientError", answerClientError);

  function accept(request: IncomingMessage, response: ServerResponse): void {
    if (isBehindLoadBalancer) takeForwardedAddress(request);
    const exchange = new Exchange(request, response, clock());
    Object.assign(exchange.headers, cors.answerHeaders(request.headers.origin));
    if (isDraining) exchange.headers.connection = "close";
    open.add(exchange);
    inFlight.opened();
    // A client that leaves while we write is dealt with below; unheard, the error would end the process.
    response.on("error", () => undefined);
    response.once("close", () => {
      if (!response.writableFinished) {
        exchange.isAborted = true;
        exchange.abort.abort(new ClientGone());
      }
      inFlight.closed();
      open.delete(exchange);
      if (open.size === 0) onIdle?.();
    });
    void serve(exchange);
  }

  /** Never rejects: whatever happens becomes an answer, and is settled. */
  async function serve(exchange: Exchange): Promise<void> {
    try {
      if (exchange.request.method === "OPTIONS") answerPreflight(exchange);
      else await answer(exchange, readHead(exchange));
    } catch (error) {
      answerError(exchange, error, exchange.clientDialect);
    } finally {
      lastResort(exchange, () => settle(exchange, logger, meter, clock()));
      lastResort(exchange, () => targets.account(exchange));
    }
  }

  /** Nothing after an answer can end the process: a step that fails is logged, and the others go on. */
  function lastResort({ requestId }: Exchange, step: () => void): void {
    try {
      step();
    } catch (error) {
      logger.error({ requestId, failure: describeFailure(error) }, "a request was not settled");
    }
  }

  /** Also where the method is wrong, which the client shall be told in its dialect. */
  function readHead(exchange: Exchange): Route | AdminRoute {
    try {
      return parseHead(exchange, config.stage, deprecations);
    } finally {
      chooseClientDialect(exchange, responses);
    }
  }

  /** The stages, in their order. */
  async function answer(exchange: Exchange, route: Route | AdminRoute): Promise<void> {
    if (route.path === "/health") return answerHealth(exchange);
    if (route.path === LIVENESS_PATH) return answerLiveness(exchange);
    const caller = internal.callerOf(exchange.request.headers);
    if (caller === undefined) admitAddress(exchange, addressLimit, clock());
    if (route.path === "/openapi.json") return answerStaticPage(exchange, pages.openApi());
    if (route.path === "/reference") return answerStaticPage(exchange, pages.reference());
    if (isAdminRoute(route)) return await administer(exchange, route);
    const key = await (caller === undefined
      ? identify(exchange, config.auth, keys)
      : identifyInternal(exchange, caller, config.auth, keys));
    if (isBatchRoute(route.path)) {
      if (batches === undefined)
        throw new GatewayError("not_found", { message: "There are no files and batches in this deployment." });
      return await batches.answer(exchange, route.path, route.encodedId);
    }
    if (route.path === "/v1/models") return answerJson(exchange, modelList(targets.registry.table, createdAt));
    if (route.path === "/v1/models/{id}")
      return answerJson(exchange, modelById(targets.registry.table, route.encodedId, createdAt));
    switch (route.path) {
      case "/v1/messages/count_tokens":
        return answerJson(exchange, { input_tokens: await generator.countTokens(exchange) });
      case "/v1/messages":
      case "/v1/responses":
        return await generator.answer(exchange, "/v1/chat/completions", key);
      case "/v1/responses/{id}":
      case "/v1/responses/{id}/input_items":
        return answerJson(exchange, await storedResponse(exchange, route, responses.store));
      default:
        return await generator.answer(exchange, route.path, key);
    }
  }

  async function administer(exchange: Exchange, route: AdminRoute): Promise<void> {
    const { status, headers, body } = await admin.answer(exchange, route, await requireAdmin(exchange, keys));
    sendJson(exchange.response, status, { ...exchange.headers, ...headers, "cache-control": "no-store" }, body);
  }

  function createBatches(): BatchService | undefined {
    const { batchStorage } = options;
    if (config.batches === null || batchStorage === undefined) return undefined;
    return new BatchService({
      ...batchStorage,
      settings: config.batches,
      auth: config.auth,
      bodyLimitBytes: config.bodyLimitBytes,
      internal,
      logger,
      onDeadLetter: () => meter.add(INSTRUMENTS.deadLetters, {}),
    });
  }

  function answerHealth(exchange: Exchange): void {
    if (isDraining) throw new GatewayError("shutting_down");
    const { status, headers, body } = health(directory, { environment: config.environment, version });
    sendJson(exchange.response, status, { ...exchange.headers, ...headers, "cache-control": "no-store" }, body);
  }

  /** For the load balancer: this process takes requests. Whether a model can answer is `/health`'s matter. */
  function answerLiveness(exchange: Exchange): void {
    if (isDraining) throw new GatewayError("shutting_down");
    answerJson(exchange, { status: "live" });
  }

  function answerJson(exchange: Exchange, body: unknown): void {
    sendJson(exchange.response, 200, exchange.headers, body);
  }

  /** On every path: a browser then asks for real, and gets an answer that its page can read. */
  function answerPreflight({ response, headers }: Exchange): void {
    response.writeHead(204, { ...headers, ...cors.preflightHeaders() }).end();
  }

  async function listen(port: number, host: string, { reusePort } = { reusePort: false }): Promise<number> {
    Promise.all([directory.start(), targets.start(), changes?.view.start()]).then(
      () => started.resolve(),
      started.reject,
    );
    // Others answer on this port already: a thread that knew no engine yet would refuse what they could serve.
    if (reusePort) await started.promise;
    const actual = await listenOn(server, { port, host, reusePort });
    sockets.start(actual, host);
    batches?.start(actual);
    cloudWatch?.start();
    cache?.answers.generations.start();
    return actual;
  }

  async function drain(): Promise<void> {
    isDraining = true;
    admission.drain(config.drainSeconds);
    // Not http's own close: that also cuts idle connections, on which a load balancer may just be sending a request.
    // They stay until the last request is answered, and each answer now says `connection: close`.
    NetServer.prototype.close.call(server);
    const idle = new Promise<void>((resolve) => {
      onIdle = resolve;
      if (open.size === 0) resolve();
    });
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, config.drainSeconds * 1000);
    });
    await Promise.race([Promise.all([batches?.drain(), sockets.drain(), idle]), deadline]);
    clearTimeout(timer);
    if (open.size > 0) logger.warn({ openRequests: open.size }, "drain time is over, closing open requests");
    await sockets.close();
    server.closeAllConnections();
    server.close();
    cloudWatch?.stop();
    cache?.answers.generations.stop();
    admission.stop();
    changes?.view.stop();
    await Promise.all([directory.stop(), targets.stop(), options.store?.close()]);
  }

  return {
    listen,
    metrics: () => Promise.resolve(prometheus.collect()),
    started: started.promise,
    drain,
    cache: cache?.answers,
  };
}
