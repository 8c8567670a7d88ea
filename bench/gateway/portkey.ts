import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../lib/free-port.ts";
import { install, peerFolder } from "./install.ts";
import { type System, startSystem } from "./systems.ts";

const VERSION = "1.15.2";
/** Versions with which Portkey 1.15.2 starts; newer ones of the same range do not fit it. */
const OVERRIDES = { "@hono/node-server": "1.13.5", hono: "4.9.7", "@hono/node-ws": "1.2.0" };

/** Portkey's gateway from npm, installed in the user's cache. @throws when it can't be installed or does not start */
export async function startPortkey(upstream: string, folder: string): Promise<System> {
  const home = peerFolder("portkey", VERSION);
  const script = join(home, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(script)) {
    mkdirSync(home, { recursive: true });
    const dependencies = { "@portkey-ai/gateway": VERSION };
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, dependencies, overrides: OVERRIDES }));
    await install(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], home);
  }
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  return await startSystem({
    name: "portkey",
    version: VERSION,
    origin,
    headers: {
      authorization: "Bearer sk-upstream",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `${upstream}/v1`,
    },
    rates: { json: 500, sse: 200 },
    command: [process.execPath, script, "--headless", `--port=${port}`],
    cwd: home,
    logFile: join(folder, "portkey.log"),
    readyUrl: origin,
  });
}
