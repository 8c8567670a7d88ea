import { Command } from "commander";
import { isSafeIssuerAddress } from "../../contracts/processes/workloads.ts";
import { UserError } from "../terminal/user-error.ts";
import { exchanged, keyOfLogin, signInOf } from "./exchanged-key.ts";
import { IssuerClient, type IssuerTokens } from "./issuer-client.ts";
import type { Login, LoginStore } from "./login-store.ts";
import { openLoopback } from "./loopback.ts";

export interface LoginTools {
  print(text: string): void;
  /** Prints what is no result, such as the code to confirm. */
  show(text: string): void;
  /** Address of the local stack's API; `undefined` when none runs. */
  localUrl(): string | undefined;
  readonly store: LoginStore;
  /** Opens a page in the person's browser. It does not fail. */
  openPage(address: string): void;
  /** Of the client at the provider, where it has one. @default - a public client */
  readonly clientSecret?: string | undefined;
  wait(ms: number): Promise<unknown>;
  /** Milliseconds since 1970. */
  now(): number;
}

interface UrlOptions {
  readonly url?: string;
}

interface LoginOptions extends UrlOptions {
  readonly project?: string;
  readonly browser: boolean;
  readonly device?: boolean;
  readonly loopback?: boolean;
  readonly callbackPort: string;
}

const URL_OPTION = ["--url <url>", "address of the API, without a path (default: the local stack)"] as const;

/** `sluice login`: signs a person in at the API's OpenID provider. */
export function loginCommand(tools: LoginTools): Command {
  return new Command("login")
    .description("sign in at the API's OpenID provider, for keys of your project")
    .option(...URL_OPTION)
    .option("--project <id>", "the project of the keys, where you are in several")
    .option("--no-browser", "print the page, and open no browser")
    .option("--device", "confirm a code in any browser: the default where the provider has the device flow")
    .option("--loopback", "sign in in a browser of this machine: the default elsewhere")
    .option("--callback-port <port>", "port of this machine that the provider returns to with --loopback", "0")
    .action((options: LoginOptions) => login(options, tools));
}

/** `sluice logout`: forgets the login, and ends its refresh token. */
export function logoutCommand(tools: LoginTools): Command {
  return new Command("logout")
    .description("forget the login, and end it at the OpenID provider")
    .option(...URL_OPTION)
    .action((options: UrlOptions) => logout(options, tools));
}

/** `sluice whoami`. */
export function whoamiCommand(tools: LoginTools): Command {
  return new Command("whoami")
    .description("show who is logged in, and for which project")
    .option(...URL_OPTION)
    .action(async (options: UrlOptions) => {
      const url = urlOf(options, tools);
      await keyOfLogin(url, tools);
      const { person, issuer, key } = requireLogin(url, tools);
      const until = key === undefined ? "" : `, key until ${new Date(key.expiresAt).toISOString()}`;
      tools.print(`${person} (${issuer}) at ${url}, project ${key?.projectId ?? "unknown"}${until}`);
    });
}

/** `sluice token`: prints the key, for other programs. */
export function tokenCommand(tools: LoginTools): Command {
  return new Command("token")
    .description("print a key of the login that works for at least a minute, for other programs")
    .option(...URL_OPTION)
    .action(async (options: UrlOptions) => {
      const url = urlOf(options, tools);
      requireLogin(url, tools);
      tools.print((await keyOfLogin(url, tools)) ?? "");
    });
}

async function login(options: LoginOptions, tools: LoginTools): Promise<void> {
  const url = urlOf(options, tools);
  if (options.device && options.loopback) throw new UserError("Choose one of --device and --loopback.");
  const { issuer, client_id: clientId, has_secret: hasSecret = false } = await signInOf(url);
  if (hasSecret && tools.clientSecret === undefined)
    throw new UserError(
      `The client ${clientId} at ${issuer} has a secret; set SLUICE_CLIENT_SECRET to it, or sign in in the console.`,
    );
  const client = await IssuerClient.discover(issuer, clientId, tools.clientSecret);
  const isDevice = options.device ?? (options.loopback ? false : client.hasDeviceFlow);
  const signIn = isDevice ? byDevice : byLoopback;
  const { idToken, refreshToken, person } = await signIn(client, options, tools);
  const projectId = options.project;
  const key = await exchanged(url, idToken, projectId, tools.now());
  await tools.store.locked(async () =>
    tools.store.write(url, { issuer, clientId, person, refreshToken, projectId: projectId ?? key.projectId, key }),
  );
  tools.print(`Logged in at ${url} as ${person}, project ${key.projectId ?? "unknown"}.`);
  if (refreshToken === undefined)
    tools.show(`The issuer gave no refresh token: this login ends at ${new Date(key.expiresAt).toISOString()}.`);
}

async function byDevice(client: IssuerClient, { browser }: LoginOptions, tools: LoginTools): Promise<IssuerTokens> {
  const code = await client.requestCode();
  tools.show(`Open ${code.address} and confirm the code ${code.userCode}.`);
  if (browser && /^https?:/.test(code.address)) tools.openPage(code.address);
  return await client.tokensFor(code, tools.wait);
}

async function byLoopback(
  client: IssuerClient,
  { browser, callbackPort }: LoginOptions,
  tools: LoginTools,
): Promise<IssuerTokens> {
  const port = Number(callbackPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UserError(`--callback-port must be 1 to 65535, or 0 for any free port, got ${callbackPort}.`);
  const loopback = await openLoopback(port, client.takesNameOfLoopback ? "localhost" : undefined);
  try {
    const started = await client.startCodeFlow(loopback.redirectUri);
    tools.show(`Open ${started.address} in a browser of this machine.`);
    if (browser && /^https?:/.test(started.address)) tools.openPage(started.address);
    return await client.tokensForCode(await loopback.response(started.state), started);
  } finally {
    loopback.close();
  }
}

async function logout(options: UrlOptions, tools: LoginTools): Promise<void> {
  const url = urlOf(options, tools);
  const { issuer, clientId, refreshToken, person } = requireLogin(url, tools);
  await tools.store.locked(async () => tools.store.write(url, undefined));
  if (refreshToken !== undefined) {
    const client = await IssuerClient.discover(issuer, clientId, tools.clientSecret);
    await client.revoke(refreshToken);
  }
  tools.print(`Logged out at ${url}: ${person}. Its last key ends by itself, within 15 minutes.`);
}

function requireLogin(url: string, { store }: LoginTools): Login {
  const found = store.read(url);
  if (found === undefined) throw new UserError(`Nobody is logged in at ${url}; run \`sluice login\`.`);
  return found;
}

/** @throws {UserError} */
function urlOf({ url: chosen }: UrlOptions, tools: LoginTools): string {
  const url = chosen ?? tools.localUrl();
  if (url === undefined)
    throw new UserError(
      "No local stack runs in this clone; start one with `npm start`, or set --url to the address of an API.",
    );
  if (!isSafeIssuerAddress(url))
    throw new UserError(
      `--url must be an https address, or http on this machine, got ${url}; write it as https://api.example.com.`,
    );
  return url;
}
