import { tmpdir } from "node:os";
import { join } from "node:path";
import { GatewayConfig } from "../contracts/processes/gateway-config.ts";
import { withAddress } from "../contracts/processes/people.ts";
import { ENV, GATEWAY_METRICS_PORT, GATEWAY_PORT } from "../contracts/processes/process-environment.ts";
import { PROVIDER_KEY_PREFIX } from "../contracts/targets/target-settings.ts";
import { targetProblems } from "../domain/targets/target-problems.ts";
import { parseJson } from "../lib/parse-json.ts";
import type { LaunchSettings } from "./launch/complete-launch.ts";

/** What a gateway process reads from its environment. */
export interface GatewaySettings {
  readonly config: GatewayConfig;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly logLevel: string;
  /** Folder of usage events that are not yet shipped. */
  readonly spool: string;
  /** @default - no launch hook waits for this gateway */
  readonly launch?: LaunchSettings;
  /** Keys of providers whose credential is from the environment, by the variable's name. */
  readonly providerKeys: Readonly<Record<string, string>>;
}

/** All that is wrong with the environment variables, in one line. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`The gateway can't start: ${problems.join("; ")}.`);
    this.name = "SettingsError";
  }
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/**
 * Reads the settings of a gateway process.
 * @throws {SettingsError} listing every problem
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): GatewaySettings {
  const problems: string[] = [];
  const port = readPort(environment, ENV.port, GATEWAY_PORT, problems);
  const metricsPort = readPort(environment, ENV.metricsPort, GATEWAY_METRICS_PORT, problems);
  const logLevel = environment[ENV.logLevel] ?? "info";
  if (!LEVELS.includes(logLevel)) problems.push(`${ENV.logLevel} must be one of ${LEVELS.join(", ")}, got ${logLevel}`);
  const config = readConfig(environment[ENV.gatewayConfig], problems);
  if (config === undefined || problems.length > 0) throw new SettingsError(problems);
  const storeUrl = environment[ENV.valkeyUrl];
  return {
    config: {
      ...config,
      ...(storeUrl === undefined ? {} : { valkeyUrl: storeUrl === "" ? null : storeUrl }),
      ...accessTokensOf(config, environment[ENV.localIssuer]),
    },
    host: environment[ENV.host] ?? "0.0.0.0",
    port,
    metricsPort,
    logLevel,
    ...launchOf(environment),
    spool: environment[ENV.spool] ?? join(tmpdir(), "sluice-usage"),
    providerKeys: providerKeys(environment),
  };
}

function accessTokensOf(
  { accessTokens }: GatewayConfig,
  localIssuer: string | undefined,
): Pick<GatewayConfig, "accessTokens"> {
  if (accessTokens === undefined) return {};
  const { people, ...others } = accessTokens;
  return { accessTokens: { ...others, people: withAddress(people, localIssuer) } };
}

function launchOf(environment: Readonly<Record<string, string | undefined>>): Pick<GatewaySettings, "launch"> {
  const { [ENV.groupName]: groupName, [ENV.launchHook]: hookName, [ENV.instanceId]: instanceId } = environment;
  return groupName && hookName ? { launch: { groupName, hookName, instanceId } } : {};
}

function providerKeys(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const keys = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith(PROVIDER_KEY_PREFIX) && value !== undefined ? [[name, value] as const] : [],
  );
  return Object.fromEntries(keys);
}

function readPort(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: number,
  problems: string[],
): number {
  const text = environment[name];
  if (text === undefined) return otherwise;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) problems.push(`${name} must be a port from 0 to 65535, got ${text}`);
  return port;
}

function readConfig(text: string | undefined, problems: string[]): GatewayConfig | undefined {
  if (text === undefined) {
    problems.push(`${ENV.gatewayConfig} is required: one line of JSON, see contracts/processes/gateway-config.ts`);
    return undefined;
  }
  const parsed = GatewayConfig.safeParse(parseJson(text));
  if (parsed.success) {
    const { engineListenerUrl } = parsed.data;
    if (!/^https?:$/.test(URL.parse(engineListenerUrl)?.protocol ?? ""))
      problems.push(`${ENV.gatewayConfig} engineListenerUrl must be an http URL, got ${engineListenerUrl}`);
    const { valkeyUrl, models, providers, routes } = parsed.data;
    if (valkeyUrl !== null && !/^rediss?:$/.test(URL.parse(valkeyUrl)?.protocol ?? ""))
      problems.push(`${ENV.gatewayConfig} valkeyUrl must be a redis:// or rediss:// URL`);
    const found = targetProblems({
      pools: models.map(({ id }) => id),
      providers: Object.fromEntries(providers.map(({ name, ...settings }) => [name, settings])),
      routes: Object.fromEntries(routes.map(({ name, ...settings }) => [name, settings])),
    });
    problems.push(...found.map(({ path, rule }) => `${ENV.gatewayConfig} ${path} ${rule}`));
    return parsed.data;
  }
  for (const { path, message } of parsed.error.issues) {
    const position = path.length === 0 ? "" : ` ${path.map(String).join(".")}`;
    problems.push(`${ENV.gatewayConfig}${position}: ${message}`);
  }
  return undefined;
}
